// DB and Key APIs -- Generic API: the metadata of keys (Redis 8.6).

#include "api/key_access.h"
#include "api/rows.h"
#include "module/key_meta_class.h"

namespace modcert::api {
namespace {

using engine::KeyMetaClasses;

KeyMetaClasses& ClassesOf(const RedisModuleKey* key) {
  return key->ctx->host.server.key_meta_classes;
}

// RedisModuleKeyMetaClassId RedisModule_CreateKeyMetaClass(RedisModuleCtx *ctx,
//                                                          const char *metaname, int metaver,
//                                                          RedisModuleKeyMetaClassConfig *conf)
RedisModuleKeyMetaClassId CreateKeyMetaClass(RedisModuleCtx* ctx, const char* name, int version,
                                             RedisModuleKeyMetaClassConfig* config) noexcept {
  return ctx->host.AddKeyMetaClass(*ctx->module, name, version, config);
}

// int RedisModule_ReleaseKeyMetaClass(RedisModuleKeyMetaClassId id)
int ReleaseKeyMetaClass(RedisModuleKeyMetaClassId id) noexcept {
  KeyMetaClasses& classes = module::CurrentHost()->server.key_meta_classes;
  return classes.Release(id) ? REDISMODULE_OK : REDISMODULE_ERR;  // keymeta.release
}

// int RedisModule_SetKeyMeta(RedisModuleKeyMetaClassId id, RedisModuleKey *key, uint64_t metadata)
int SetKeyMeta(RedisModuleKeyMetaClassId id, RedisModuleKey* key, uint64_t metadata) noexcept {
  if (!key || !key->writable() || !key->entry) return REDISMODULE_ERR;  // keymeta.refused
  KeyMetaClasses& classes = ClassesOf(key);
  // DEVIATION: an id that no class can have ends a server of 8.6.
  if (!classes.Find(id)) return REDISMODULE_ERR;
  std::unique_ptr<engine::KeyMetadata>& attached = key->entry->metadata;
  if (!attached) attached = std::make_unique<engine::KeyMetadata>(classes, key->name);
  attached->Set(id, metadata);  // keymeta.set-frees-nothing
  return REDISMODULE_OK;
}

// int RedisModule_GetKeyMeta(RedisModuleKeyMetaClassId id, RedisModuleKey *key, uint64_t *metadata)
int GetKeyMeta(RedisModuleKeyMetaClassId id, RedisModuleKey* key, uint64_t* metadata) noexcept {
  if (!key || !metadata || !key->entry || !key->entry->metadata) return REDISMODULE_ERR;
  if (!ClassesOf(key).Find(id)) return REDISMODULE_ERR;
  const std::optional<uint64_t> attached = key->entry->metadata->Get(id);
  if (!attached) return REDISMODULE_ERR;
  *metadata = *attached;  // keymeta.set-and-get
  return REDISMODULE_OK;
}

const abi::ApiRow kRows[] = {
    API_ROW(CreateKeyMetaClass),
    API_ROW(ReleaseKeyMetaClass),
    API_ROW(SetKeyMeta),
    API_ROW(GetKeyMeta),
};

}  // namespace

std::span<const abi::ApiRow> KeyMetadataRows() { return kRows; }

}  // namespace modcert::api
