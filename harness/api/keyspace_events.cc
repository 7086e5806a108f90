// Module Keyspace Notifications API.

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

// int RedisModule_SubscribeToKeyspaceEvents(RedisModuleCtx *ctx, int types,
//                                           RedisModuleNotificationFunc cb)
int SubscribeToKeyspaceEvents(RedisModuleCtx* ctx, int types,
                              RedisModuleNotificationFunc callback) noexcept {
  ctx->host.SubscribeToKeyspaceEvents(*ctx->module, types, callback);
  return REDISMODULE_OK;
}

// int RedisModule_NotifyKeyspaceEvent(RedisModuleCtx *ctx, int type, const char *event,
//                                     RedisModuleString *key)
int NotifyKeyspaceEvent(RedisModuleCtx* ctx, int type, const char* event,
                        RedisModuleString* key) noexcept {
  ctx->host.server.notifier.Notify({.event_class = static_cast<engine::EventClass>(type),
                                    .name = event,
                                    .key = key->bytes,
                                    .db = ctx->db()});
  return REDISMODULE_OK;
}

const abi::ApiRow kRows[] = {
    API_ROW(SubscribeToKeyspaceEvents),
    API_ROW(NotifyKeyspaceEvent),
};

}  // namespace

std::span<const abi::ApiRow> KeyspaceEventRows() { return kRows; }

}  // namespace modcert::api
