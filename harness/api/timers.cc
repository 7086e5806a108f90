// Modules Timers API.

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

using module::ModuleTimers;

// RedisModuleTimerID RedisModule_CreateTimer(RedisModuleCtx *ctx, mstime_t period,
//                                            RedisModuleTimerProc callback, void *data)
RedisModuleTimerID CreateTimer(RedisModuleCtx* ctx, mstime_t period_ms,
                               RedisModuleTimerProc callback, void* data) noexcept {
  return ctx->host.timers.Add(ctx, period_ms, callback, data);
}

// int RedisModule_StopTimer(RedisModuleCtx *ctx, RedisModuleTimerID id, void **data)
int StopTimer(RedisModuleCtx* ctx, RedisModuleTimerID id, void** data) noexcept {
  const std::optional<ModuleTimers::Timer> timer = ctx->host.timers.Stop(id, ctx->module);
  if (!timer) return REDISMODULE_ERR;
  if (data) *data = timer->data;  // timer.stop-gives-the-data
  return REDISMODULE_OK;
}

// int RedisModule_GetTimerInfo(RedisModuleCtx *ctx, RedisModuleTimerID id, uint64_t *remaining,
//                              void **data)
int GetTimerInfo(RedisModuleCtx* ctx, RedisModuleTimerID id, uint64_t* remaining_ms,
                 void** data) noexcept {
  const ModuleTimers::Timer* timer = ctx->host.timers.Find(id, ctx->module);
  if (!timer) return REDISMODULE_ERR;
  // timer.remaining
  if (remaining_ms) *remaining_ms = static_cast<uint64_t>(ctx->host.timers.RemainingMs(*timer));
  if (data) *data = timer->data;
  return REDISMODULE_OK;
}

const abi::ApiRow kRows[] = {
    API_ROW(CreateTimer),
    API_ROW(StopTimer),
    API_ROW(GetTimerInfo),
};

}  // namespace

std::span<const abi::ApiRow> TimerRows() { return kRows; }

}  // namespace modcert::api
