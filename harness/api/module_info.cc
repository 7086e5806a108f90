// Module information and time measurement.

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

using module::CurrentHost;

// void RedisModule_SetModuleAttribs(RedisModuleCtx *ctx, const char *name, int ver, int apiver)
void SetModuleAttribs(RedisModuleCtx* ctx, const char* name, int version,
                      int api_version) noexcept {
  // module.first-name-stays: a second Init in one OnLoad changes nothing.
  if (ctx->module->initialized()) return;
  ctx->module->name = name;
  ctx->module->version = version;
  ctx->module->api_version = api_version;
}

// int RedisModule_IsModuleNameBusy(const char *name)
int IsModuleNameBusy(const char* name) noexcept {
  const module::Host* host = CurrentHost();
  if (!host || !host->FindModule(name)) return 0;
  // The likely reason for what OnLoad will say next.
  if (module::Module* asking = module::CurrentModule(); asking && asking->in_on_load)
    asking->name_refused = name;
  return 1;
}

// void RedisModule_SetModuleOptions(RedisModuleCtx *ctx, int options)
void SetModuleOptions(RedisModuleCtx* ctx, int options) noexcept { ctx->module->options = options; }

// int RedisModule_SignalModifiedKey(RedisModuleCtx *ctx, RedisModuleString *keyname)
int SignalModifiedKey(RedisModuleCtx* ctx, RedisModuleString* key) noexcept {
  ctx->host.server.keyspace.Touched(ctx->db(), key->bytes, ctx->client);
  return REDISMODULE_OK;
}

// mstime_t RedisModule_Milliseconds(void)
mstime_t Milliseconds() noexcept {
  const module::Host* host = CurrentHost();
  return host ? host->server.clock.now_ms() : RealClock().now_ms();
}

const abi::ApiRow kRows[] = {
    API_ROW(SetModuleAttribs),  API_ROW(IsModuleNameBusy), API_ROW(SetModuleOptions),
    API_ROW(SignalModifiedKey), API_ROW(Milliseconds),
};

}  // namespace

std::span<const abi::ApiRow> ModuleInfoRows() { return kRows; }

}  // namespace modcert::api
