// Commands replication API.

#include <cstdarg>

#include "api/call_format.h"
#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

using engine::PropagateTo;

// Until 6.2 a transaction holds whatever a command or a callback replicates, and what Replicate
// gives stands behind what Call gives.
bool KeepsOrder(const abi::Profile& profile) { return abi::AtLeast(profile, {7, 0, 0}); }

// Since 8.1 a Valkey leaves the name to the module that asks for it.
bool LooksUpName(const RedisModuleCtx* ctx) {
  return !abi::ValkeyAtLeast(ctx->host.api.profile(), {8, 1, 0}) ||
         (ctx->module->options & VALKEYMODULE_OPTIONS_SKIP_COMMAND_VALIDATION) == 0;
}

// replicate.in-order
void Propagate(RedisModuleCtx* ctx, engine::Args args, PropagateTo to) {
  if (KeepsOrder(ctx->host.api.profile())) {
    ctx->host.Propagate(ctx->db(), std::move(args), to);
  } else {
    ctx->host.PropagateBehind(ctx->db(), std::move(args), to);
  }
  ++ctx->host.server.stats.dirty;
  ctx->did_replicate = true;
}

int ReplicateFrom(RedisModuleCtx* ctx, const char* name, const char* format, va_list arguments) {
  // replicate.unknown-command
  if (LooksUpName(ctx) && !ctx->host.server.commands.FindByName(name)) return REDISMODULE_ERR;
  module::CallRequest parsed = ParseCall(ctx->host.api.profile(), name, format, arguments);
  if (!parsed.well_formed) return REDISMODULE_ERR;  // replicate.bad-format
  if (!KeepsOrder(ctx->host.api.profile())) ctx->host.server.propagation.WrapUnit();
  Propagate(ctx, std::move(parsed.args), module::ReceiversOf(parsed.modifiers));
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
  // replicate.verbatim: as it runs, after filters.
  if (ctx->call)
    Propagate(ctx, {ctx->call->args.begin(), ctx->call->args.end()}, PropagateTo::kAll);
  return REDISMODULE_OK;
}

const abi::ApiRow kRows[] = {
    API_ROW(Replicate, CheckedReplicate),
    API_ROW(ReplicateVerbatim),
};

}  // namespace

std::span<const abi::ApiRow> ReplicationRows() { return kRows; }

}  // namespace modcert::api
