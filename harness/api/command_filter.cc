// Module Command Filter API.

#include "module/command_filter.h"

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

bool HasArg(const RedisModuleCommandFilterCtx* filter, int position) {
  return position >= 0 && static_cast<size_t>(position) < filter->args.size();
}

// RedisModuleCommandFilter *RedisModule_RegisterCommandFilter(RedisModuleCtx *ctx,
//                                                             RedisModuleCommandFilterFunc cb,
//                                                             int flags)
// filter.before-lookup, filter.in-order, filter.scripts-and-calls
RedisModuleCommandFilter* RegisterCommandFilter(RedisModuleCtx* ctx,
                                                RedisModuleCommandFilterFunc callback,
                                                int flags) noexcept {
  return ctx->host.AddFilter(*ctx->module, callback, flags);
}

// int RedisModule_UnregisterCommandFilter(RedisModuleCtx *ctx, RedisModuleCommandFilter *filter)
// filter.unregister, filter.unregister-foreign
int UnregisterCommandFilter(RedisModuleCtx* ctx, RedisModuleCommandFilter* filter) noexcept {
  if (&filter->module != ctx->module) return REDISMODULE_ERR;
  ctx->host.RemoveFilter(filter);
  return REDISMODULE_OK;
}

// int RedisModule_CommandFilterArgsCount(RedisModuleCommandFilterCtx *fctx)
// filter.args-count
int CommandFilterArgsCount(RedisModuleCommandFilterCtx* filter) noexcept {
  return static_cast<int>(filter->args.size());
}

// RedisModuleString *RedisModule_CommandFilterArgGet(RedisModuleCommandFilterCtx *fctx, int pos)
// filter.arg-get
RedisModuleString* CommandFilterArgGet(RedisModuleCommandFilterCtx* filter, int position) noexcept {
  return HasArg(filter, position) ? filter->args[position] : nullptr;
}

// int RedisModule_CommandFilterArgInsert(RedisModuleCommandFilterCtx *fctx, int pos,
//                                        RedisModuleString *arg)
// filter.arg-insert
int CommandFilterArgInsert(RedisModuleCommandFilterCtx* filter, int position,
                           RedisModuleString* arg) noexcept {
  if (position < 0 || static_cast<size_t>(position) > filter->args.size()) return REDISMODULE_ERR;
  // filter.takes-reference: the host has the string from here on.
  filter->args.insert(filter->args.begin() + position, arg);
  return REDISMODULE_OK;
}

// int RedisModule_CommandFilterArgReplace(RedisModuleCommandFilterCtx *fctx, int pos,
//                                         RedisModuleString *arg)
// filter.arg-replace
int CommandFilterArgReplace(RedisModuleCommandFilterCtx* filter, int position,
                            RedisModuleString* arg) noexcept {
  if (!HasArg(filter, position)) return REDISMODULE_ERR;
  filter->host.ReleaseString(std::exchange(filter->args[position], arg));
  return REDISMODULE_OK;
}

// int RedisModule_CommandFilterArgDelete(RedisModuleCommandFilterCtx *fctx, int pos)
// filter.arg-delete
int CommandFilterArgDelete(RedisModuleCommandFilterCtx* filter, int position) noexcept {
  if (!HasArg(filter, position)) return REDISMODULE_ERR;
  filter->host.ReleaseString(filter->args[position]);
  filter->args.erase(filter->args.begin() + position);
  return REDISMODULE_OK;
}

// unsigned long long RedisModule_CommandFilterGetClientId(RedisModuleCommandFilterCtx *fctx)
// filter.client-id
unsigned long long CommandFilterGetClientId(RedisModuleCommandFilterCtx* filter) noexcept {
  return filter->client_id;
}

const abi::ApiRow kRows[] = {
    API_ROW(RegisterCommandFilter),  API_ROW(UnregisterCommandFilter),
    API_ROW(CommandFilterArgsCount), API_ROW(CommandFilterArgGet),
    API_ROW(CommandFilterArgInsert), API_ROW(CommandFilterArgReplace),
    API_ROW(CommandFilterArgDelete), API_ROW(CommandFilterGetClientId),
};

}  // namespace

std::span<const abi::ApiRow> CommandFilterRows() { return kRows; }

}  // namespace modcert::api
