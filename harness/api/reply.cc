// Reply APIs. A context whose replies go nowhere (a timer, a detached thread) accepts them all.

#include <string>

#include "api/rows.h"
#include "module/host.h"
#include "resp/encode.h"

namespace modcert::api {
namespace {

using module::ReplyWriter;

// What a real server does with an error text: trailing line ends go, inner ones become spaces.
std::string OneLine(std::string_view text) {
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n')) text.remove_suffix(1);
  std::string line(text);
  for (char& c : line)
    if (c == '\r' || c == '\n') c = ' ';
  return line;
}

// int RedisModule_WrongArity(RedisModuleCtx *ctx)
int WrongArity(RedisModuleCtx* ctx) noexcept {
  if (!ctx->reply || !ctx->call) return REDISMODULE_OK;
  ctx->reply->Error(engine::Reply::WrongArity(ctx->call->command.name).value().text);
  return REDISMODULE_OK;
}

// int RedisModule_ReplyWithLongLong(RedisModuleCtx *ctx, long long ll)
int ReplyWithLongLong(RedisModuleCtx* ctx, long long number) noexcept {
  if (ctx->reply) ctx->reply->Integer(number);
  return REDISMODULE_OK;
}

// int RedisModule_ReplyWithError(RedisModuleCtx *ctx, const char *err)
int ReplyWithError(RedisModuleCtx* ctx, const char* text) noexcept {
  if (!ctx->reply) return REDISMODULE_OK;
  const std::string line = OneLine(text);
  ctx->reply->Error(line);
  ctx->host.server.CountErrorReply(line);
  return REDISMODULE_OK;
}

// int RedisModule_ReplyWithSimpleString(RedisModuleCtx *ctx, const char *msg)
int ReplyWithSimpleString(RedisModuleCtx* ctx, const char* text) noexcept {
  if (ctx->reply) ctx->reply->Simple(text);
  return REDISMODULE_OK;
}

// int RedisModule_ReplyWithArray(RedisModuleCtx *ctx, long len)
int ReplyWithArray(RedisModuleCtx* ctx, long length) noexcept {
  if (ctx->reply) ctx->reply->Begin(ReplyWriter::Aggregate::kArray, length);
  return REDISMODULE_OK;
}

// void RedisModule_ReplySetArrayLength(RedisModuleCtx *ctx, long len)
void ReplySetArrayLength(RedisModuleCtx* ctx, long length) noexcept {
  if (!ctx->reply) return;
  if (ctx->reply->SetLength(ReplyWriter::Aggregate::kArray, length)) return;
  ctx->host.Log(ctx->module, engine::ServerLog::Level::kWarning,
                "ReplySetArrayLength called without a postponed array open");
}

// int RedisModule_ReplyWithStringBuffer(RedisModuleCtx *ctx, const char *buf, size_t len)
int ReplyWithStringBuffer(RedisModuleCtx* ctx, const char* bytes, size_t size) noexcept {
  if (ctx->reply) ctx->reply->Bulk({bytes, size});
  return REDISMODULE_OK;
}

// int RedisModule_ReplyWithCString(RedisModuleCtx *ctx, const char *buf)
int ReplyWithCString(RedisModuleCtx* ctx, const char* text) noexcept {
  if (ctx->reply) ctx->reply->Bulk(text);
  return REDISMODULE_OK;
}

// int RedisModule_ReplyWithString(RedisModuleCtx *ctx, RedisModuleString *str)
int ReplyWithString(RedisModuleCtx* ctx, RedisModuleString* string) noexcept {
  if (ctx->reply) ctx->reply->Bulk(string->bytes);
  return REDISMODULE_OK;
}

// int RedisModule_ReplyWithNull(RedisModuleCtx *ctx)
int ReplyWithNull(RedisModuleCtx* ctx) noexcept {
  if (ctx->reply) ctx->reply->Null();
  return REDISMODULE_OK;
}

// int RedisModule_ReplyWithDouble(RedisModuleCtx *ctx, double d)
int ReplyWithDouble(RedisModuleCtx* ctx, double number) noexcept {
  if (ctx->reply) ctx->reply->Double(number);
  return REDISMODULE_OK;
}

// Types that a RESP2 client cannot be sent.
bool NeedsResp3(const resp::Value& value) {
  switch (value.type) {
    case resp::Type::kDouble:
    case resp::Type::kBool:
    case resp::Type::kBigNumber:
    case resp::Type::kVerbatim:
    case resp::Type::kMap:
    case resp::Type::kSet:
    case resp::Type::kPush:
      return true;
    default:
      break;
  }
  if (!value.attributes.empty()) return true;
  for (const resp::Value& child : value.children)
    if (NeedsResp3(child)) return true;
  return false;
}

// int RedisModule_ReplyWithCallReply(RedisModuleCtx *ctx, RedisModuleCallReply *reply)
int ReplyWithCallReply(RedisModuleCtx* ctx, RedisModuleCallReply* reply) noexcept {
  if (!ctx->reply) return REDISMODULE_OK;
  if (ctx->reply->protocol() == resp::Protocol::kResp2 && NeedsResp3(*reply->value))
    return REDISMODULE_ERR;
  // reply.call-reply-as-it-came: a null of RESP2 stays one, whatever the client speaks.
  std::string bytes;
  resp::Encode(*reply->value, reply->protocol, bytes);
  ctx->reply->Raw(bytes);
  return REDISMODULE_OK;
}

const abi::ApiRow kRows[] = {
    API_ROW(WrongArity),
    API_ROW(ReplyWithLongLong),
    API_ROW(ReplyWithError),
    API_ROW(ReplyWithSimpleString),
    API_ROW(ReplyWithArray),
    API_ROW(ReplySetArrayLength),
    API_ROW(ReplyWithStringBuffer),
    API_ROW(ReplyWithCString),
    API_ROW(ReplyWithString),
    API_ROW(ReplyWithNull),
    API_ROW(ReplyWithDouble),
    API_ROW(ReplyWithCallReply),
};

}  // namespace

std::span<const abi::ApiRow> ReplyRows() { return kRows; }

}  // namespace modcert::api
