// Reply APIs. A context whose replies go nowhere (a timer, a detached thread) accepts them all.

#include <cstdarg>
#include <string>

#include "api/format_text.h"
#include "api/rows.h"
#include "base/double_to_text.h"
#include "module/host.h"
#include "resp/encode.h"

namespace modcert::api {
namespace {

using module::ContextKind;
using module::ReplyWriter;
using Aggregate = ReplyWriter::Aggregate;

// Since 6.2 an error is one line, whatever its text: trailing line ends go, inner ones become
// spaces.
bool CleansErrors(const abi::Profile& profile) { return abi::AtLeast(profile, {6, 2, 0}); }

// reply.error-is-one-line
std::string OneLine(std::string_view text) {
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n')) text.remove_suffix(1);
  std::string line(text);
  for (char& c : line)
    if (c == '\r' || c == '\n') c = ' ';
  return line;
}

// The command has failed, and the statistics of errors say so. What a thread says counts when its
// client gets it.
void CountError(RedisModuleCtx* ctx, std::string_view text) {
  if (ctx->kind == ContextKind::kThreadSafe) {
    if (ctx->blocked_client) ctx->blocked_client->errors.emplace_back(text);
    return;
  }
  if (ctx->call) ctx->call->CountsItsErrors(true);
  if (ctx->client) ctx->host.server.CountErrorReply(*ctx->client, text);
}

enum class Counting { kYes, kNo };

int SendError(RedisModuleCtx* ctx, std::string_view text, Counting counting = Counting::kYes) {
  if (!ctx->reply) return REDISMODULE_OK;
  const std::string line =
      CleansErrors(ctx->host.api.profile()) ? OneLine(text) : std::string(text);
  ctx->reply->Error(line);
  if (counting == Counting::kYes) CountError(ctx, line);
  return REDISMODULE_OK;
}

// int RedisModule_WrongArity(RedisModuleCtx *ctx)
int WrongArity(RedisModuleCtx* ctx) noexcept {
  // reply.wrong-arity-of-client: to the client of the context, which in a thread is nobody.
  if (!ctx->client || ctx->kind == ContextKind::kThreadSafe) return REDISMODULE_OK;
  const std::string& name = ctx->call ? ctx->call->command.name : ctx->client->last_command;
  return SendError(ctx, engine::Reply::WrongArity(name).value().text);
}

// int RedisModule_ReplyWithLongLong(RedisModuleCtx *ctx, long long ll)
int ReplyWithLongLong(RedisModuleCtx* ctx, long long number) noexcept {
  if (ctx->reply) ctx->reply->Integer(number);
  return REDISMODULE_OK;
}

// int RedisModule_ReplyWithError(RedisModuleCtx *ctx, const char *err)
int ReplyWithError(RedisModuleCtx* ctx, const char* text) noexcept { return SendError(ctx, text); }

// int RedisModule_ReplyWithErrorFormat(RedisModuleCtx *ctx, const char *fmt, ...)
int ReplyWithErrorFormat(RedisModuleCtx* ctx, const char* format, ...) noexcept {
  va_list arguments;
  va_start(arguments, format);
  const std::string text = FormatText(format, arguments);
  va_end(arguments);
  return SendError(ctx, text);
}

int CheckedReplyWithErrorFormat(RedisModuleCtx* ctx, const char* format, ...) noexcept {
  auto call = abi::Begin<abi::published::ReplyWithErrorFormat>(ctx, format);
  if (!call.proceed()) return abi::published::ReplyWithErrorFormat::Failure();
  va_list arguments;
  va_start(arguments, format);
  const std::string text = FormatText(format, arguments);
  va_end(arguments);
  return call.End(SendError(ctx, text));
}

// int RedisModule_ReplyWithCustomErrorFormat(RedisModuleCtx *ctx, int update_error_stats,
//                                            const char *fmt, ...)
int ReplyWithCustomErrorFormat(RedisModuleCtx* ctx, int counts, const char* format, ...) noexcept {
  va_list arguments;
  va_start(arguments, format);
  const std::string text = FormatText(format, arguments);
  va_end(arguments);
  return SendError(ctx, text, counts ? Counting::kYes : Counting::kNo);
}

int CheckedReplyWithCustomErrorFormat(RedisModuleCtx* ctx, int counts, const char* format,
                                      ...) noexcept {
  auto call = abi::Begin<abi::published::ReplyWithCustomErrorFormat>(ctx, counts, format);
  if (!call.proceed()) return abi::published::ReplyWithCustomErrorFormat::Failure();
  va_list arguments;
  va_start(arguments, format);
  const std::string text = FormatText(format, arguments);
  va_end(arguments);
  return call.End(SendError(ctx, text, counts ? Counting::kYes : Counting::kNo));
}

// int RedisModule_ReplyWithSimpleString(RedisModuleCtx *ctx, const char *msg)
int ReplyWithSimpleString(RedisModuleCtx* ctx, const char* text) noexcept {
  if (ctx->reply) ctx->reply->Simple(text);
  return REDISMODULE_OK;
}

int Begin(RedisModuleCtx* ctx, Aggregate kind, long length) {
  if (ctx->reply) ctx->reply->Begin(kind, length);
  return REDISMODULE_OK;
}

// int RedisModule_ReplyWithArray(RedisModuleCtx *ctx, long len)
int ReplyWithArray(RedisModuleCtx* ctx, long length) noexcept {
  return Begin(ctx, Aggregate::kArray, length);
}

// int RedisModule_ReplyWithMap(RedisModuleCtx *ctx, long len)
int ReplyWithMap(RedisModuleCtx* ctx, long length) noexcept {
  return Begin(ctx, Aggregate::kMap, length);
}

// int RedisModule_ReplyWithSet(RedisModuleCtx *ctx, long len)
int ReplyWithSet(RedisModuleCtx* ctx, long length) noexcept {
  return Begin(ctx, Aggregate::kSet, length);
}

// int RedisModule_ReplyWithAttribute(RedisModuleCtx *ctx, long len)
int ReplyWithAttribute(RedisModuleCtx* ctx, long length) noexcept {
  // reply.attribute-needs-resp3: of the context's client, whoever gets the reply.
  if (!ctx->client || !ctx->client->resp3()) return REDISMODULE_ERR;
  return Begin(ctx, Aggregate::kAttribute, length);
}

// int RedisModule_ReplyWithNullArray(RedisModuleCtx *ctx)
int ReplyWithNullArray(RedisModuleCtx* ctx) noexcept {
  if (ctx->reply) ctx->reply->NullArray();
  return REDISMODULE_OK;
}

// int RedisModule_ReplyWithEmptyArray(RedisModuleCtx *ctx)
int ReplyWithEmptyArray(RedisModuleCtx* ctx) noexcept { return Begin(ctx, Aggregate::kArray, 0); }

// reply.postponed-innermost, reply.postponed-kind
void SetLength(RedisModuleCtx* ctx, Aggregate kind, long length, std::string_view function) {
  if (!ctx->reply || ctx->reply->SetLength(kind, length)) return;
  ctx->host.Log(ctx->module, engine::ServerLog::Level::kWarning,
                std::string(function) + " was called without a postponed length open");
}

// void RedisModule_ReplySetArrayLength(RedisModuleCtx *ctx, long len)
void ReplySetArrayLength(RedisModuleCtx* ctx, long length) noexcept {
  SetLength(ctx, Aggregate::kArray, length, "ReplySetArrayLength");
}

// void RedisModule_ReplySetMapLength(RedisModuleCtx *ctx, long len)
void ReplySetMapLength(RedisModuleCtx* ctx, long length) noexcept {
  SetLength(ctx, Aggregate::kMap, length, "ReplySetMapLength");
}

// void RedisModule_ReplySetSetLength(RedisModuleCtx *ctx, long len)
void ReplySetSetLength(RedisModuleCtx* ctx, long length) noexcept {
  SetLength(ctx, Aggregate::kSet, length, "ReplySetSetLength");
}

// void RedisModule_ReplySetAttributeLength(RedisModuleCtx *ctx, long len)
void ReplySetAttributeLength(RedisModuleCtx* ctx, long length) noexcept {
  if (!ctx->client || !ctx->client->resp3()) return;
  SetLength(ctx, Aggregate::kAttribute, length, "ReplySetAttributeLength");
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

// int RedisModule_ReplyWithEmptyString(RedisModuleCtx *ctx)
int ReplyWithEmptyString(RedisModuleCtx* ctx) noexcept {
  if (ctx->reply) ctx->reply->Bulk("");
  return REDISMODULE_OK;
}

// int RedisModule_ReplyWithVerbatimString(RedisModuleCtx *ctx, const char *buf, size_t len)
int ReplyWithVerbatimString(RedisModuleCtx* ctx, const char* bytes, size_t size) noexcept {
  if (ctx->reply) ctx->reply->Verbatim("txt", {bytes, size});
  return REDISMODULE_OK;
}

// int RedisModule_ReplyWithVerbatimStringType(RedisModuleCtx *ctx, const char *buf, size_t len,
//                                             const char *ext)
int ReplyWithVerbatimStringType(RedisModuleCtx* ctx, const char* bytes, size_t size,
                                const char* kind) noexcept {
  // reply.verbatim-kind: three characters, cut or filled up with blanks.
  std::string format(kind);
  format.resize(3, ' ');
  if (ctx->reply) ctx->reply->Verbatim(format, {bytes, size});
  return REDISMODULE_OK;
}

// int RedisModule_ReplyWithNull(RedisModuleCtx *ctx)
int ReplyWithNull(RedisModuleCtx* ctx) noexcept {
  if (ctx->reply) ctx->reply->Null();
  return REDISMODULE_OK;
}

// int RedisModule_ReplyWithBool(RedisModuleCtx *ctx, int b)
int ReplyWithBool(RedisModuleCtx* ctx, int flag) noexcept {
  if (ctx->reply) ctx->reply->Bool(flag != 0);  // reply.bool: 1 and 0 in RESP2, as integers
  return REDISMODULE_OK;
}

// int RedisModule_ReplyWithDouble(RedisModuleCtx *ctx, double d)
int ReplyWithDouble(RedisModuleCtx* ctx, double number) noexcept {
  if (ctx->reply) ctx->reply->Double(number);
  return REDISMODULE_OK;
}

// int RedisModule_ReplyWithLongDouble(RedisModuleCtx *ctx, long double d)
int ReplyWithLongDouble(RedisModuleCtx* ctx, long double number) noexcept {
  if (ctx->reply) ctx->reply->DoubleText(LongDoubleToHumanText(number));
  return REDISMODULE_OK;
}

// int RedisModule_ReplyWithBigNumber(RedisModuleCtx *ctx, const char *bignum, size_t len)
int ReplyWithBigNumber(RedisModuleCtx* ctx, const char* digits, size_t size) noexcept {
  if (ctx->reply) ctx->reply->BigNumber({digits, size});
  return REDISMODULE_OK;
}

// What a RESP2 client cannot be sent as it is.
bool NeedsResp3(const resp::Value& value) {
  switch (value.type) {
    case resp::Type::kNull:
    case resp::Type::kNullArray:
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

// reply.call-reply-needs-resp3: a server knows of RESP3 in a reply once it has read it, for any of
// the functions that look inside.
bool IsKnownToNeedResp3(const RedisModuleCallReply& reply) {
  return reply.parsed && reply.protocol == resp::Protocol::kResp3 && NeedsResp3(*reply.value);
}

// int RedisModule_ReplyWithCallReply(RedisModuleCtx *ctx, RedisModuleCallReply *reply)
int ReplyWithCallReply(RedisModuleCtx* ctx, RedisModuleCallReply* reply) noexcept {
  if (!ctx->reply) return REDISMODULE_OK;
  if (ctx->reply->protocol() == resp::Protocol::kResp2 && IsKnownToNeedResp3(*reply))
    return REDISMODULE_ERR;
  // reply.call-reply-as-it-came: a null of RESP2 stays one, whatever the client speaks.
  std::string bytes;
  resp::Encode(*reply->value, reply->protocol, bytes);
  ctx->reply->Raw(bytes);
  // reply.call-reply-errors-count
  for (const std::string& error : reply->errors) CountError(ctx, error);
  return REDISMODULE_OK;
}

const abi::ApiRow kRows[] = {
    API_ROW(WrongArity),
    API_ROW(ReplyWithLongLong),
    API_ROW(ReplyWithError),
    API_ROW(ReplyWithErrorFormat, CheckedReplyWithErrorFormat),
    API_ROW(ReplyWithCustomErrorFormat, CheckedReplyWithCustomErrorFormat),
    API_ROW(ReplyWithSimpleString),
    API_ROW(ReplyWithArray),
    API_ROW(ReplyWithMap),
    API_ROW(ReplyWithSet),
    API_ROW(ReplyWithAttribute),
    API_ROW(ReplyWithNullArray),
    API_ROW(ReplyWithEmptyArray),
    API_ROW(ReplySetArrayLength),
    API_ROW(ReplySetMapLength),
    API_ROW(ReplySetSetLength),
    API_ROW(ReplySetAttributeLength),
    API_ROW(ReplyWithStringBuffer),
    API_ROW(ReplyWithCString),
    API_ROW(ReplyWithString),
    API_ROW(ReplyWithEmptyString),
    API_ROW(ReplyWithVerbatimString),
    API_ROW(ReplyWithVerbatimStringType),
    API_ROW(ReplyWithNull),
    API_ROW(ReplyWithBool),
    API_ROW(ReplyWithDouble),
    API_ROW(ReplyWithLongDouble),
    API_ROW(ReplyWithBigNumber),
    API_ROW(ReplyWithCallReply),
};

}  // namespace

std::span<const abi::ApiRow> ReplyRows() { return kRows; }

}  // namespace modcert::api
