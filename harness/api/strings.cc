// String objects APIs.

#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "api/rows.h"
#include "base/parse_number.h"
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

// RedisModuleString *RedisModule_CreateStringFromString(RedisModuleCtx *ctx,
//                                                       const RedisModuleString *str)
RedisModuleString* CreateStringFromString(RedisModuleCtx* ctx,
                                          const RedisModuleString* string) noexcept {
  return NewString(ctx, string->bytes);
}

std::string FormatText(const char* format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  const int size = std::vsnprintf(nullptr, 0, format, again);
  va_end(again);
  if (size <= 0) return {};
  std::string text(static_cast<size_t>(size) + 1, '\0');  // vsnprintf wants room for its NUL
  std::vsnprintf(text.data(), text.size(), format, arguments);
  text.pop_back();
  return text;
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
  if (string->references != 1) return REDISMODULE_ERR;  // somebody else may be reading it
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
    API_ROW(CreateStringFromString),
    API_ROW(CreateStringPrintf, CheckedCreateStringPrintf),
    API_ROW(FreeString),
    API_ROW(RetainString),
    API_ROW(StringPtrLen),
    API_ROW(StringToLongLong),
    API_ROW(StringToDouble),
    API_ROW(StringAppendBuffer),
    API_ROW(StringCompare),
};

}  // namespace

std::span<const abi::ApiRow> StringRows() { return kRows; }

}  // namespace modcert::api
