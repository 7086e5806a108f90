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

// ustime_t RedisModule_Microseconds(void)
ustime_t Microseconds() noexcept {
  const module::Host* host = CurrentHost();
  return host ? host->server.clock.now_us() : RealClock().now_us();
}

// uint64_t RedisModule_MonotonicMicroseconds(void)
uint64_t MonotonicMicroseconds() noexcept {
  const module::Host* host = CurrentHost();
  return static_cast<uint64_t>(host ? host->server.clock.monotonic_us()
                                    : RealClock().monotonic_us());
}

// ustime_t RedisModule_CachedMicroseconds(void)
ustime_t CachedMicroseconds() noexcept {
  const module::Host* host = CurrentHost();
  return host ? host->server.cached_us() : RealClock().now_us();
}

// int RedisModule_BlockedClientMeasureTimeStart(RedisModuleBlockedClient *bc)
int BlockedClientMeasureTimeStart(RedisModuleBlockedClient* handle) noexcept {
  handle->measured_from_us = handle->host.server.clock.monotonic_us();
  return REDISMODULE_OK;
}

// int RedisModule_BlockedClientMeasureTimeEnd(RedisModuleBlockedClient *bc)
int BlockedClientMeasureTimeEnd(RedisModuleBlockedClient* handle) noexcept {
  if (!handle->measured_from_us) return REDISMODULE_ERR;  // time.measure-end-needs-start
  // time.measure-start-stays: the start is not forgotten.
  handle->background_us += handle->host.server.clock.monotonic_us() - *handle->measured_from_us;
  return REDISMODULE_OK;
}

// What clients are told when the module has no words of its own.
constexpr std::string_view kBusyWords = "Redis is busy running a module command.";

// void RedisModule_Yield(RedisModuleCtx *ctx, int flags, const char *busy_reply)
void Yield(RedisModuleCtx* ctx, int flags, const char* busy_reply) noexcept {
  // time.yield-returns: without the flag only events are served, and there are none to wait for.
  if ((flags & REDISMODULE_YIELD_FLAG_CLIENTS) && ctx->module)
    ctx->host.LetClientsIn(*ctx->module, busy_reply ? busy_reply : kBusyWords);
}

const abi::ApiRow kRows[] = {
    API_ROW(SetModuleAttribs),
    API_ROW(IsModuleNameBusy),
    API_ROW(SetModuleOptions),
    API_ROW(SignalModifiedKey),
    API_ROW(Milliseconds),
    API_ROW(Microseconds),
    API_ROW(MonotonicMicroseconds),
    API_ROW(CachedMicroseconds),
    API_ROW(BlockedClientMeasureTimeStart),
    API_ROW(BlockedClientMeasureTimeEnd),
    API_ROW(Yield).Partial(
        "lets clients in once its module has an allow-busy command or has yielded before"),
};

}  // namespace

std::span<const abi::ApiRow> ModuleInfoRows() { return kRows; }

}  // namespace modcert::api
