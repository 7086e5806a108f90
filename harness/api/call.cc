// Calling Redis commands from modules: Call itself, and for whom it acts. What it answers is walked
// in call_reply.cc.

#include <cstdarg>

#include "api/call_format.h"
#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

RedisModuleCallReply* CallFrom(RedisModuleCtx* ctx, const char* name, const char* format,
                               va_list arguments) {
  return module::RunCall(ctx, ParseCall(ctx->host.api.profile(), name, format, arguments));
}

// RedisModuleCallReply *RedisModule_Call(RedisModuleCtx *ctx, const char *cmdname, const char *fmt,
//                                        ...)
RedisModuleCallReply* Call(RedisModuleCtx* ctx, const char* name, const char* format,
                           ...) noexcept {
  va_list arguments;
  va_start(arguments, format);
  RedisModuleCallReply* reply = CallFrom(ctx, name, format, arguments);
  va_end(arguments);
  return reply;
}

RedisModuleCallReply* CheckedCall(RedisModuleCtx* ctx, const char* name, const char* format,
                                  ...) noexcept {
  auto call = abi::Begin<abi::published::Call>(ctx, name, format);
  if (!call.proceed()) return abi::published::Call::Failure();
  va_list arguments;
  va_start(arguments, format);
  RedisModuleCallReply* reply = CallFrom(ctx, name, format, arguments);
  va_end(arguments);
  return call.End(reply);
}

// void RedisModule_SetContextUser(RedisModuleCtx *ctx, const RedisModuleUser *user)
void SetContextUser(RedisModuleCtx* ctx, const RedisModuleUser* user) noexcept {
  ctx->user = user;  // call.context-user
}

// const RedisModuleUser *RedisModule_GetContextUser(RedisModuleCtx *ctx)
const RedisModuleUser* GetContextUser(RedisModuleCtx* ctx) noexcept { return ctx->user; }

const abi::ApiRow kRows[] = {
    API_ROW(Call, CheckedCall),
    API_ROW(SetContextUser),
    API_ROW(GetContextUser),
};

}  // namespace

std::span<const abi::ApiRow> CallRows() { return kRows; }

}  // namespace modcert::api
