// Module Configurations API.

#include <cerrno>

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

using module::ConfigSource;

int Register(RedisModuleCtx* ctx, const module::NewConfig& config, module::ConfigKind kind) {
  const int problem = module::RegisterConfig(ctx->host, *ctx->module, config, std::move(kind));
  if (problem == 0) return REDISMODULE_OK;
  errno = problem;
  return REDISMODULE_ERR;
}

// int RedisModule_RegisterStringConfig(RedisModuleCtx *ctx, const char *name,
//                                      const char *default_val, unsigned int flags,
//                                      RedisModuleConfigGetStringFunc getfn,
//                                      RedisModuleConfigSetStringFunc setfn,
//                                      RedisModuleConfigApplyFunc applyfn, void *privdata)
// config.registered, config.flags-of-the-kind, config.name-characters, config.name-taken,
// config.own-name, config.immutable, config.protected, config.hidden, config.set-refused,
// config.apply-refused, config.gone-with-module, config.no-default, config.unprefixed
int RegisterStringConfig(RedisModuleCtx* ctx, const char* name, const char* default_value,
                         unsigned int flags, RedisModuleConfigGetStringFunc get,
                         RedisModuleConfigSetStringFunc set, RedisModuleConfigApplyFunc apply,
                         void* private_data) noexcept {
  module::TextConfig kind{.default_value = {}, .get = get, .set = set};
  if (default_value) kind.default_value = default_value;
  return Register(ctx, {name, flags, apply, private_data}, std::move(kind));
}

// int RedisModule_RegisterBoolConfig(RedisModuleCtx *ctx, const char *name, int default_val,
//                                    unsigned int flags, RedisModuleConfigGetBoolFunc getfn,
//                                    RedisModuleConfigSetBoolFunc setfn,
//                                    RedisModuleConfigApplyFunc applyfn, void *privdata)
// config.bool-words
int RegisterBoolConfig(RedisModuleCtx* ctx, const char* name, int default_value, unsigned int flags,
                       RedisModuleConfigGetBoolFunc get, RedisModuleConfigSetBoolFunc set,
                       RedisModuleConfigApplyFunc apply, void* private_data) noexcept {
  const module::BoolConfig kind{.default_value = default_value, .get = get, .set = set};
  return Register(ctx, {name, flags, apply, private_data}, kind);
}

// int RedisModule_RegisterEnumConfig(RedisModuleCtx *ctx, const char *name, int default_val,
//                                    unsigned int flags, const char **enum_values,
//                                    const int *int_values, int num_enum_vals,
//                                    RedisModuleConfigGetEnumFunc getfn,
//                                    RedisModuleConfigSetEnumFunc setfn,
//                                    RedisModuleConfigApplyFunc applyfn, void *privdata)
// config.enum-words, config.bit-flags, config.bit-flags-shown
int RegisterEnumConfig(RedisModuleCtx* ctx, const char* name, int default_value, unsigned int flags,
                       const char** words, const int* values, int count,
                       RedisModuleConfigGetEnumFunc get, RedisModuleConfigSetEnumFunc set,
                       RedisModuleConfigApplyFunc apply, void* private_data) noexcept {
  module::EnumConfig kind{.default_value = default_value,
                          .values = {},
                          .is_bit_flags = (flags & REDISMODULE_CONFIG_BITFLAGS) != 0,
                          .get = get,
                          .set = set};
  for (int i = 0; i < count; ++i) kind.values.emplace_back(words[i], values[i]);
  return Register(ctx, {name, flags, apply, private_data}, std::move(kind));
}

// int RedisModule_RegisterNumericConfig(RedisModuleCtx *ctx, const char *name,
//                                       long long default_val, unsigned int flags, long long min,
//                                       long long max, RedisModuleConfigGetNumericFunc getfn,
//                                       RedisModuleConfigSetNumericFunc setfn,
//                                       RedisModuleConfigApplyFunc applyfn, void *privdata)
// config.numeric-range, config.memory-units
int RegisterNumericConfig(RedisModuleCtx* ctx, const char* name, long long default_value,
                          unsigned int flags, long long min, long long max,
                          RedisModuleConfigGetNumericFunc get, RedisModuleConfigSetNumericFunc set,
                          RedisModuleConfigApplyFunc apply, void* private_data) noexcept {
  const module::NumericConfig kind{.default_value = default_value,
                                   .min = min,
                                   .max = max,
                                   .is_memory = (flags & REDISMODULE_CONFIG_MEMORY) != 0,
                                   .get = get,
                                   .set = set};
  return Register(ctx, {name, flags, apply, private_data}, kind);
}

// int ValkeyModule_RegisterUnsignedNumericConfig(
//     ValkeyModuleCtx *ctx, const char *name, unsigned long long default_val, unsigned int flags,
//     unsigned long long min, unsigned long long max,
//     ValkeyModuleConfigGetUnsignedNumericFunc getfn,
//     ValkeyModuleConfigSetUnsignedNumericFunc setfn, ValkeyModuleConfigApplyFunc applyfn,
//     void *privdata)
// config.unsigned, config.unsigned-range
int RegisterUnsignedNumericConfig(RedisModuleCtx* ctx, const char* name,
                                  unsigned long long default_value, unsigned int flags,
                                  unsigned long long min, unsigned long long max,
                                  ValkeyModuleConfigGetUnsignedNumericFunc get,
                                  ValkeyModuleConfigSetUnsignedNumericFunc set,
                                  RedisModuleConfigApplyFunc apply, void* private_data) noexcept {
  const module::UnsignedConfig kind{.default_value = default_value,
                                    .min = min,
                                    .max = max,
                                    .is_memory = (flags & REDISMODULE_CONFIG_MEMORY) != 0,
                                    .get = get,
                                    .set = set};
  return Register(ctx, {name, flags, apply, private_data}, kind);
}

// int RedisModule_LoadDefaultConfigs(RedisModuleCtx *ctx)
// config.defaults-first
int LoadDefaultConfigs(RedisModuleCtx* ctx) noexcept {
  module::Module& module = *ctx->module;
  // config.defaults-once: and before LoadConfigs
  if (!module.in_on_load || module.default_configs_loaded || module.configs_loaded)
    return REDISMODULE_ERR;
  if (!module::LoadConfigs(ctx->host, module, ConfigSource::kDefaultOnly)) return REDISMODULE_ERR;
  module.default_configs_loaded = true;
  return REDISMODULE_OK;
}

// int RedisModule_LoadConfigs(RedisModuleCtx *ctx)
// config.load-defaults, config.load-given, config.load-given-immutable, config.load-refused,
// config.load-missing, config.load-late, config.any-time-before-7-2, config.loadex-last-counts
int LoadConfigs(RedisModuleCtx* ctx) noexcept {
  module::Module& module = *ctx->module;
  if (!module.in_on_load && module::ConfigsEndWithOnLoad(ctx->host.api.profile()))
    return REDISMODULE_ERR;
  if (!module::LoadConfigs(ctx->host, module, ConfigSource::kQueueOrDefault))
    return REDISMODULE_ERR;
  module.configs_loaded = true;
  return REDISMODULE_OK;
}

const abi::ApiRow kRows[] = {
    API_ROW(RegisterStringConfig),
    API_ROW(RegisterBoolConfig),
    API_ROW(RegisterEnumConfig),
    API_ROW(RegisterNumericConfig),
    API_ROW(RegisterUnsignedNumericConfig),
    API_ROW(LoadDefaultConfigs),
    API_ROW(LoadConfigs),
};

}  // namespace

std::span<const abi::ApiRow> ModuleConfigRows() { return kRows; }

}  // namespace modcert::api
