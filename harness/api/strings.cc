// String objects APIs.

#include <cerrno>
#include <cmath>
#include <cstdarg>
#include <cstdlib>
#include <cstring>

#include "api/format_text.h"
#include "api/rows.h"
#include "base/double_to_text.h"
#include "base/parse_number.h"
#include "engine/commands/stream_id_arg.h"
#include "module/host.h"

namespace modcert::api {
namespace {

using module::CurrentHost;

RedisModuleString* NewString(RedisModuleCtx* ctx, std::string bytes) {
  return (ctx ? &ctx->host : CurrentHost())->NewString(ctx, std::move(bytes));
}

// RedisModuleString *RedisModule_CreateString(RedisModuleCtx *ctx, const char *ptr, size_t len)
RedisModuleString* CreateString(RedisModuleCtx* ctx, const char* bytes, size_t size) noexcept {
  return NewString(ctx, bytes ? std::string(bytes, size) : std::string(size, '\0'));
}

// RedisModuleString *RedisModule_CreateStringFromLongLong(RedisModuleCtx *ctx, long long ll)
RedisModuleString* CreateStringFromLongLong(RedisModuleCtx* ctx, long long number) noexcept {
  return NewString(ctx, std::to_string(number));
}

// RedisModuleString *RedisModule_CreateStringFromULongLong(RedisModuleCtx *ctx,
//                                                         unsigned long long ull)
RedisModuleString* CreateStringFromULongLong(RedisModuleCtx* ctx,
                                             unsigned long long number) noexcept {
  return NewString(ctx, std::to_string(number));
}

// stringobject.from-double-shortest: the shortest text that reads back as the same number
// since 7.2, 17 digits before.
bool HasShortestDoubles(const module::Host& host) {
  return abi::AtLeast(host.api.profile(), {7, 2, 0});
}

// RedisModuleString *RedisModule_CreateStringFromDouble(RedisModuleCtx *ctx, double d)
RedisModuleString* CreateStringFromDouble(RedisModuleCtx* ctx, double number) noexcept {
  const bool shortest = HasShortestDoubles(ctx ? ctx->host : *CurrentHost());
  return NewString(ctx, shortest ? StoredDoubleToShortestText(number) : StoredDoubleToText(number));
}

// RedisModuleString *RedisModule_CreateStringFromLongDouble(RedisModuleCtx *ctx, long double ld,
//                                                          int humanfriendly)
RedisModuleString* CreateStringFromLongDouble(RedisModuleCtx* ctx, long double number,
                                              int human_friendly) noexcept {
  return NewString(ctx, human_friendly ? LongDoubleToHumanText(number) : LongDoubleToText(number));
}

// RedisModuleString *RedisModule_CreateStringFromStreamID(RedisModuleCtx *ctx,
//                                                        const RedisModuleStreamID *id)
RedisModuleString* CreateStringFromStreamID(RedisModuleCtx* ctx,
                                            const RedisModuleStreamID* id) noexcept {
  return NewString(ctx, std::to_string(id->ms) + "-" + std::to_string(id->seq));
}

// RedisModuleString *RedisModule_CreateStringFromString(RedisModuleCtx *ctx,
//                                                       const RedisModuleString *str)
RedisModuleString* CreateStringFromString(RedisModuleCtx* ctx,
                                          const RedisModuleString* string) noexcept {
  return NewString(ctx, string->bytes);
}

// RedisModuleString *RedisModule_CreateStringPrintf(RedisModuleCtx *ctx, const char *fmt, ...)
RedisModuleString* CreateStringPrintf(RedisModuleCtx* ctx, const char* format, ...) noexcept {
  va_list arguments;
  va_start(arguments, format);
  std::string text = FormatText(format, arguments);
  va_end(arguments);
  return NewString(ctx, std::move(text));
}

RedisModuleString* CheckedCreateStringPrintf(RedisModuleCtx* ctx, const char* format,
                                             ...) noexcept {
  auto call = abi::Begin<abi::published::CreateStringPrintf>(ctx, format);
  if (!call.proceed()) return abi::published::CreateStringPrintf::Failure();
  va_list arguments;
  va_start(arguments, format);
  std::string text = FormatText(format, arguments);
  va_end(arguments);
  return call.End(NewString(ctx, std::move(text)));
}

// void RedisModule_FreeString(RedisModuleCtx *ctx, RedisModuleString *str)
void FreeString(RedisModuleCtx* ctx, RedisModuleString* string) noexcept {
  if (ctx) ctx->Untrack(string);
  (ctx ? &ctx->host : CurrentHost())->ReleaseString(string);
}

// void RedisModule_RetainString(RedisModuleCtx *ctx, RedisModuleString *str)
void RetainString(RedisModuleCtx* ctx, RedisModuleString* string) noexcept {
  // A string on the automatic list changes hands instead of gaining a reference.
  if (ctx && ctx->Untrack(string)) return;
  ++string->references;
}

// RedisModuleString *RedisModule_HoldString(RedisModuleCtx *ctx, RedisModuleString *str)
RedisModuleString* HoldString(RedisModuleCtx* ctx, RedisModuleString* string) noexcept {
  // stringobject.hold-is-tracked: one more time where the string is on the automatic list already.
  ++string->references;
  if (ctx) ctx->Track(abi::HandleKind::kString, string);
  return string;
}

// void RedisModule_TrimStringAllocation(RedisModuleString *str)
void TrimStringAllocation(RedisModuleString* string) noexcept {
  if (string) string->bytes.shrink_to_fit();
}

// const char *RedisModule_StringPtrLen(const RedisModuleString *str, size_t *len)
const char* StringPtrLen(const RedisModuleString* string, size_t* size) noexcept {
  static const std::string kNullText = "(NULL string reply referenced in module)";
  const std::string& bytes = string ? string->bytes : kNullText;
  if (size) *size = bytes.size();
  return bytes.c_str();
}

// By bytes, because modules pass members of packed structs, which need not be aligned.
template <typename Parsed, typename Number>
void Store(const Parsed& parsed, Number* number) {
  const Number value = parsed;
  std::memcpy(number, &value, sizeof value);
}

// int RedisModule_StringToLongLong(const RedisModuleString *str, long long *ll)
int StringToLongLong(const RedisModuleString* string, long long* number) noexcept {
  const std::optional<int64_t> parsed = ParseInteger(string->bytes);
  if (!parsed) return REDISMODULE_ERR;
  Store(*parsed, number);
  return REDISMODULE_OK;
}

// As strtoull reads a text that is no plain number: blanks, a sign and zeros in front pass, a NUL
// byte ends the text, and what is negative wraps around. `number` may be written although the text
// is refused.
bool ReadLoosely(const std::string& text, unsigned long long* number) {
  char* end = nullptr;
  errno = 0;
  Store(std::strtoull(text.c_str(), &end, 10), number);
  return errno == 0 && !text.empty() && text[0] != '\0' && *end == '\0';
}

// int RedisModule_StringToULongLong(const RedisModuleString *str, unsigned long long *ull)
int StringToULongLong(const RedisModuleString* string, unsigned long long* number) noexcept {
  const int errno_before = errno;
  // What the C library would read stands up to the first NUL.
  if (const std::optional<int64_t> parsed = ParseInteger(string->bytes.c_str())) {
    if (*parsed < 0) return REDISMODULE_ERR;
    Store(static_cast<uint64_t>(*parsed), number);
    return REDISMODULE_OK;
  }
  // stringobject.unsigned-is-read-loosely
  const bool read = ReadLoosely(string->bytes, number);
  if (read) errno = errno_before;
  return read ? REDISMODULE_OK : REDISMODULE_ERR;
}

// int RedisModule_StringToLongDouble(const RedisModuleString *str, long double *d)
int StringToLongDouble(const RedisModuleString* string, long double* number) noexcept {
  const std::optional<long double> parsed = ParseLongDouble(string->bytes);
  if (!parsed) return REDISMODULE_ERR;
  Store(*parsed, number);
  return REDISMODULE_OK;
}

// int RedisModule_StringToStreamID(const RedisModuleString *str, RedisModuleStreamID *id)
int StringToStreamID(const RedisModuleString* string, RedisModuleStreamID* id) noexcept {
  const std::optional<engine::StreamId> parsed = engine::ParseStreamIdOrEnd(string->bytes);
  if (!parsed) return REDISMODULE_ERR;
  *id = {parsed->ms, parsed->seq};
  return REDISMODULE_OK;
}

// int RedisModule_StringToDouble(const RedisModuleString *str, double *d)
int StringToDouble(const RedisModuleString* string, double* number) noexcept {
  const std::optional<double> parsed = ParseDouble(string->bytes);
  if (!parsed) return REDISMODULE_ERR;
  Store(*parsed, number);
  return REDISMODULE_OK;
}

// int RedisModule_StringAppendBuffer(RedisModuleCtx *ctx, RedisModuleString *str, const char *buf,
//                                    size_t len)
int StringAppendBuffer(RedisModuleCtx*, RedisModuleString* string, const char* bytes,
                       size_t size) noexcept {
  if (string->references != 1) {
    // stringobject.append-alone: somebody else may be reading it.
    if (module::Host* host = CurrentHost())
      host->Log(module::CurrentModule(), engine::ServerLog::Level::kWarning,
                "StringAppendBuffer was called for a string with several references");
    return REDISMODULE_ERR;
  }
  string->bytes.append(bytes, size);
  return REDISMODULE_OK;
}

// int RedisModule_StringCompare(const RedisModuleString *a, const RedisModuleString *b)
int StringCompare(const RedisModuleString* a, const RedisModuleString* b) noexcept {
  return a->bytes.compare(b->bytes);
}

const abi::ApiRow kRows[] = {
    API_ROW(CreateString),
    API_ROW(CreateStringFromLongLong),
    API_ROW(CreateStringFromULongLong),
    API_ROW(CreateStringFromDouble),
    API_ROW(CreateStringFromLongDouble),
    API_ROW(CreateStringFromStreamID),
    API_ROW(CreateStringFromString),
    API_ROW(CreateStringPrintf, CheckedCreateStringPrintf),
    API_ROW(FreeString),
    API_ROW(RetainString),
    API_ROW(HoldString),
    API_ROW(TrimStringAllocation),
    API_ROW(StringPtrLen),
    API_ROW(StringToLongLong),
    API_ROW(StringToULongLong),
    API_ROW(StringToLongDouble),
    API_ROW(StringToStreamID),
    API_ROW(StringToDouble),
    API_ROW(StringAppendBuffer),
    API_ROW(StringCompare),
};

}  // namespace

std::span<const abi::ApiRow> StringRows() { return kRows; }

}  // namespace modcert::api
