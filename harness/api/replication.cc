// Commands replication API.

#include <cstdarg>

#include "api/call_format.h"
#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

int ReplicateFrom(RedisModuleCtx* ctx, const char* name, const char* format, va_list arguments) {
  if (!ctx->host.server.commands.FindByName(name)) return REDISMODULE_ERR;
  std::optional<ParsedCall> parsed = ParseCall(ctx->host.api.profile(), name, format, arguments);
  if (!parsed) return REDISMODULE_ERR;
  ctx->host.Propagate(ctx->db(), std::move(parsed->args), ReceiversOf(parsed->modifiers));
  ++ctx->host.server.stats.dirty;
  ctx->did_replicate = true;
  return REDISMODULE_OK;
}

// int RedisModule_Replicate(RedisModuleCtx *ctx, const char *cmdname, const char *fmt, ...)
int Replicate(RedisModuleCtx* ctx, const char* name, const char* format, ...) noexcept {
  va_list arguments;
  va_start(arguments, format);
  const int status = ReplicateFrom(ctx, name, format, arguments);
  va_end(arguments);
  return status;
}

int CheckedReplicate(RedisModuleCtx* ctx, const char* name, const char* format, ...) noexcept {
  auto call = abi::Begin<abi::published::Replicate>(ctx, name, format);
  if (!call.proceed()) return abi::published::Replicate::Failure();
  va_list arguments;
  va_start(arguments, format);
  const int status = ReplicateFrom(ctx, name, format, arguments);
  va_end(arguments);
  return call.End(status);
}

// int RedisModule_ReplicateVerbatim(RedisModuleCtx *ctx)
int ReplicateVerbatim(RedisModuleCtx* ctx) noexcept {
  if (ctx->call) {
    ctx->host.Propagate(ctx->db(), {ctx->call->args.begin(), ctx->call->args.end()});
    ++ctx->host.server.stats.dirty;
    ctx->did_replicate = true;
  }
  return REDISMODULE_OK;
}

const abi::ApiRow kRows[] = {
    API_ROW(Replicate, CheckedReplicate),
    API_ROW(ReplicateVerbatim),
};

}  // namespace

std::span<const abi::ApiRow> ReplicationRows() { return kRows; }

}  // namespace modcert::api
