// Config access API (8.2): the parameters of the server and of modules.

#include "api/rows.h"
#include "base/glob_match.h"
#include "base/parse_number.h"
#include "fmt/format.h"
#include "module/host.h"

namespace modcert::api {
namespace {

using module::CurrentHost;
using module::Host;
using Type = engine::ModuleParameter::Type;

Host& HostOf(const RedisModuleCtx* ctx) { return ctx ? ctx->host : *CurrentHost(); }

bool IsOfType(const Host& host, const char* name, Type type) {
  return host.server.config.TypeOf(name) == type;
}

// RedisModuleConfigIterator *RedisModule_ConfigIteratorCreate(RedisModuleCtx *ctx,
//                                                             const char *pattern)
// config.access-iterator
RedisModuleConfigIterator* ConfigIteratorCreate(RedisModuleCtx* ctx, const char* pattern) noexcept {
  Host& host = HostOf(ctx);
  std::vector<std::string> names = host.server.config.Names();
  if (pattern)
    std::erase_if(names, [&](const std::string& name) {
      return !GlobMatch(pattern, name, GlobCase::kInsensitive);
    });
  RedisModuleConfigIterator* iterator =
      host.handles.config_iterators.New(module::CurrentModule(), std::move(names));
  if (ctx) ctx->Track(abi::HandleKind::kConfigIterator, iterator);
  return iterator;
}

// void RedisModule_ConfigIteratorRelease(RedisModuleCtx *ctx, RedisModuleConfigIterator *iter)
void ConfigIteratorRelease(RedisModuleCtx* ctx, RedisModuleConfigIterator* iterator) noexcept {
  if (ctx) ctx->Untrack(iterator);
  HostOf(ctx).handles.config_iterators.End(iterator);
}

// const char *RedisModule_ConfigIteratorNext(RedisModuleConfigIterator *iter)
const char* ConfigIteratorNext(RedisModuleConfigIterator* iterator) noexcept {
  if (iterator->next == iterator->names.size()) return nullptr;
  return iterator->names[iterator->next++].c_str();
}

// int RedisModule_ConfigGetType(const char *name, RedisModuleConfigType *res)
// config.access-type, config.access-unknown
int ConfigGetType(const char* name, RedisModuleConfigType* result) noexcept {
  const std::optional<Type> type = CurrentHost()->server.config.TypeOf(name);
  if (!type) return REDISMODULE_ERR;
  switch (*type) {
    case Type::kText:
      *result = REDISMODULE_CONFIG_TYPE_STRING;
      break;
    case Type::kBool:
      *result = REDISMODULE_CONFIG_TYPE_BOOL;
      break;
    case Type::kNumeric:
      *result = REDISMODULE_CONFIG_TYPE_NUMERIC;
      break;
    case Type::kChoice:
      *result = REDISMODULE_CONFIG_TYPE_ENUM;
      break;
  }
  return REDISMODULE_OK;
}

// int RedisModule_ConfigGet(RedisModuleCtx *ctx, const char *name, RedisModuleString **res)
// config.access-get
int ConfigGet(RedisModuleCtx* ctx, const char* name, RedisModuleString** result) noexcept {
  Host& host = HostOf(ctx);
  if (!host.server.config.Knows(name)) return REDISMODULE_ERR;
  *result = host.NewString(ctx, host.server.config.Get(name));
  return REDISMODULE_OK;
}

// int RedisModule_ConfigGetBool(RedisModuleCtx *ctx, const char *name, int *res)
// config.access-other-type, config.access-typed-get
int ConfigGetBool(RedisModuleCtx* ctx, const char* name, int* result) noexcept {
  Host& host = HostOf(ctx);
  if (!IsOfType(host, name, Type::kBool)) return REDISMODULE_ERR;
  *result = host.server.config.Get(name) == "yes" ? 1 : 0;
  return REDISMODULE_OK;
}

// int RedisModule_ConfigGetEnum(RedisModuleCtx *ctx, const char *name, RedisModuleString **res)
// config.access-get-enum
int ConfigGetEnum(RedisModuleCtx* ctx, const char* name, RedisModuleString** result) noexcept {
  Host& host = HostOf(ctx);
  if (!IsOfType(host, name, Type::kChoice)) return REDISMODULE_ERR;
  *result = host.NewString(ctx, host.server.config.Get(name));
  return REDISMODULE_OK;
}

// int RedisModule_ConfigGetNumeric(RedisModuleCtx *ctx, const char *name, long long *res)
int ConfigGetNumeric(RedisModuleCtx* ctx, const char* name, long long* result) noexcept {
  Host& host = HostOf(ctx);
  if (!IsOfType(host, name, Type::kNumeric)) return REDISMODULE_ERR;
  const std::string text = host.server.config.Get(name);
  // config.access-percent: a percentage is a negative number.
  const bool is_percent = text.ends_with('%');
  const int64_t number = ParseInteger(text.substr(0, text.find('%'))).value_or(0);
  *result = is_percent ? -number : number;
  return REDISMODULE_OK;
}

// Sets one parameter as CONFIG SET does.
int Set(RedisModuleCtx* ctx, const char* name, const std::string& value,
        RedisModuleString** error) {
  const auto problem = ctx->host.server.config.SetOne(name, value);
  if (!problem) return REDISMODULE_OK;
  if (error && !problem->empty()) *error = ctx->host.NewString(ctx, *problem);
  return REDISMODULE_ERR;
}

// int RedisModule_ConfigSet(RedisModuleCtx *ctx, const char *name, RedisModuleString *value,
//                           RedisModuleString **err)
// config.access-set, config.access-set-refused
int ConfigSet(RedisModuleCtx* ctx, const char* name, RedisModuleString* value,
              RedisModuleString** error) noexcept {
  return Set(ctx, name, value->bytes, error);
}

// int RedisModule_ConfigSetBool(RedisModuleCtx *ctx, const char *name, int value,
//                               RedisModuleString **err)
int ConfigSetBool(RedisModuleCtx* ctx, const char* name, int value,
                  RedisModuleString** error) noexcept {
  if (!IsOfType(ctx->host, name, Type::kBool)) return REDISMODULE_ERR;
  return Set(ctx, name, value != 0 ? "yes" : "no", error);
}

// int RedisModule_ConfigSetEnum(RedisModuleCtx *ctx, const char *name, RedisModuleString *value,
//                               RedisModuleString **err)
int ConfigSetEnum(RedisModuleCtx* ctx, const char* name, RedisModuleString* value,
                  RedisModuleString** error) noexcept {
  if (!IsOfType(ctx->host, name, Type::kChoice)) return REDISMODULE_ERR;
  return Set(ctx, name, value->bytes, error);
}

// int RedisModule_ConfigSetNumeric(RedisModuleCtx *ctx, const char *name, long long value,
//                                  RedisModuleString **err)
int ConfigSetNumeric(RedisModuleCtx* ctx, const char* name, long long value,
                     RedisModuleString** error) noexcept {
  if (!IsOfType(ctx->host, name, Type::kNumeric)) return REDISMODULE_ERR;
  const bool is_percent = value < 0 && engine::Config::TakesPercent(name);
  return Set(ctx, name, is_percent ? fmt::format("{}%", -value) : std::to_string(value), error);
}

const abi::ApiRow kRows[] = {
    API_ROW(ConfigIteratorCreate),
    API_ROW(ConfigIteratorRelease),
    API_ROW(ConfigIteratorNext),
    API_ROW(ConfigGetType),
    API_ROW(ConfigGet),
    API_ROW(ConfigGetBool),
    API_ROW(ConfigGetEnum),
    API_ROW(ConfigGetNumeric),
    API_ROW(ConfigSet),
    API_ROW(ConfigSetBool),
    API_ROW(ConfigSetEnum),
    API_ROW(ConfigSetNumeric),
};

}  // namespace

std::span<const abi::ApiRow> ConfigAccessRows() { return kRows; }

}  // namespace modcert::api
