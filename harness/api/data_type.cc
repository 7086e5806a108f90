// Modules data types.

#include "api/key_access.h"
#include "api/rows.h"

namespace modcert::api {
namespace {

using engine::Opaque;

// RedisModuleType *RedisModule_CreateDataType(RedisModuleCtx *ctx, const char *name, int encver,
//                                             RedisModuleTypeMethods *typemethods)
RedisModuleType* CreateDataType(RedisModuleCtx* ctx, const char* name, int encoding_version,
                                RedisModuleTypeMethods* methods) noexcept {
  return ctx->host.AddType(*ctx->module, name, encoding_version, methods);
}

// int RedisModule_ModuleTypeSetValue(RedisModuleKey *key, RedisModuleType *mt, void *value)
int ModuleTypeSetValue(RedisModuleKey* key, RedisModuleType* type, void* value) noexcept {
  // type.set-value-needs-write
  if (!key->writable() || key->has_iterator()) return REDISMODULE_ERR;
  // type.set-value, type.set-value-frees, type.set-value-drops-expiry
  StoreValue(key, Opaque(type, value));
  return REDISMODULE_OK;
}

// RedisModuleType *RedisModule_ModuleTypeGetType(RedisModuleKey *key)
RedisModuleType* ModuleTypeGetType(RedisModuleKey* key) noexcept {
  const Opaque* opaque = key ? key->value<Opaque>() : nullptr;  // type.get-nothing
  // The engine keeps its types const; every type in a host is one that AddType made.
  return opaque ? static_cast<RedisModuleType*>(const_cast<engine::OpaqueType*>(opaque->type()))
                : nullptr;
}

// void *RedisModule_ModuleTypeGetValue(RedisModuleKey *key)
void* ModuleTypeGetValue(RedisModuleKey* key) noexcept {
  const Opaque* opaque = key ? key->value<Opaque>() : nullptr;
  return opaque ? opaque->value() : nullptr;  // type.get
}

// int RedisModule_ModuleTypeReplaceValue(RedisModuleKey *key, RedisModuleType *mt, void *new_value,
//                                        void **old_value)
int ModuleTypeReplaceValue(RedisModuleKey* key, RedisModuleType* type, void* value,
                           void** old_value) noexcept {
  if (!key->writable() || key->has_iterator()) return REDISMODULE_ERR;
  Opaque* opaque = key->value<Opaque>();
  if (!opaque || opaque->type() != type) return REDISMODULE_ERR;
  void* old = opaque->Release();
  // type.replace-keeps-old: the old value is the module's again, and is not freed.
  *opaque = Opaque(type, value);
  if (old_value) *old_value = old;
  return REDISMODULE_OK;
}

const abi::ApiRow kRows[] = {
    API_ROW(CreateDataType),     API_ROW(ModuleTypeSetValue),     API_ROW(ModuleTypeGetType),
    API_ROW(ModuleTypeGetValue), API_ROW(ModuleTypeReplaceValue),
};

}  // namespace

std::span<const abi::ApiRow> DataTypeRows() { return kRows; }

}  // namespace modcert::api
