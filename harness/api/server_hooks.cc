// Server hooks implementation: subscriptions to what happens to the server.

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

// int RedisModule_SubscribeToServerEvent(RedisModuleCtx *ctx, RedisModuleEvent event,
//                                        RedisModuleEventCallback callback)
int SubscribeToServerEvent(RedisModuleCtx* ctx, RedisModuleEvent event,
                           RedisModuleEventCallback callback) noexcept {
  // hook.needs-module: a thread safe context may have none.
  if (!ctx->module) return REDISMODULE_ERR;
  return ctx->host.server_events.Subscribe(*ctx->module, event, callback) ? REDISMODULE_OK
                                                                          : REDISMODULE_ERR;
}

// int RedisModule_IsSubEventSupported(RedisModuleEvent event, uint64_t subevent)
int IsSubEventSupported(RedisModuleEvent event, uint64_t subevent) noexcept {
  const module::Host* host = module::CurrentHost();
  return host && host->server_events.Supports(event.id, subevent) ? 1 : 0;
}

const abi::ApiRow kRows[] = {
    API_ROW(SubscribeToServerEvent).Partial("no slots move as a whole, so their events never come"),
    API_ROW(IsSubEventSupported),
};

}  // namespace

std::span<const abi::ApiRow> ServerHookRows() { return kRows; }

}  // namespace modcert::api
