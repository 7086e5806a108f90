// Key eviction API: how long ago and how often a key was used. A server keeps one of the two, as
// its maxmemory-policy says.

#include "api/key_access.h"
#include "api/rows.h"
#include "engine/key_usage.h"

namespace modcert::api {
namespace {

const engine::Config& ConfigOf(const RedisModuleKey* key) { return key->ctx->host.server.config; }

int64_t NowMs(const RedisModuleKey* key) { return key->ctx->host.server.clock.now_ms(); }

// int RedisModule_SetLRU(RedisModuleKey *key, mstime_t lru_idle)
int SetLRU(RedisModuleKey* key, mstime_t idle_ms) noexcept {
  // eviction.set-lru-refusals
  if (!key->entry || idle_ms < 0 || ConfigOf(key).maxmemory_policy_is_lfu) return REDISMODULE_ERR;
  engine::SetIdleSeconds(*key->entry, idle_ms / 1000, NowMs(key));  // eviction.lru-in-seconds
  return REDISMODULE_OK;
}

// int RedisModule_GetLRU(RedisModuleKey *key, mstime_t *lru_idle)
int GetLRU(RedisModuleKey* key, mstime_t* idle_ms) noexcept {
  *idle_ms = -1;
  if (!key->entry) return REDISMODULE_ERR;
  if (!ConfigOf(key).maxmemory_policy_is_lfu)  // eviction.get-lru-under-lfu
    *idle_ms = engine::IdleSeconds(*key->entry, NowMs(key)) * 1000;
  return REDISMODULE_OK;
}

// int RedisModule_SetLFU(RedisModuleKey *key, long long lfu_freq)
int SetLFU(RedisModuleKey* key, long long frequency) noexcept {
  // eviction.set-lfu-refusals
  if (!key->entry || frequency < 0 || !ConfigOf(key).maxmemory_policy_is_lfu)
    return REDISMODULE_ERR;
  if (frequency > UINT8_MAX) return REDISMODULE_ERR;  // a real server ends here
  key->entry->frequency = static_cast<uint8_t>(frequency);
  key->entry->accessed_at_ms = NowMs(key);
  return REDISMODULE_OK;
}

// int RedisModule_GetLFU(RedisModuleKey *key, long long *lfu_freq)
int GetLFU(RedisModuleKey* key, long long* frequency) noexcept {
  *frequency = -1;
  if (!key->entry) return REDISMODULE_ERR;
  if (ConfigOf(key).maxmemory_policy_is_lfu)  // eviction.get-lfu-without-lfu
    *frequency = engine::Frequency(*key->entry, NowMs(key), ConfigOf(key));
  return REDISMODULE_OK;
}

const abi::ApiRow kRows[] = {
    API_ROW(SetLRU),
    API_ROW(GetLRU),
    API_ROW(SetLFU),
    API_ROW(GetLFU),
};

}  // namespace

std::span<const abi::ApiRow> EvictionRows() { return kRows; }

}  // namespace modcert::api
