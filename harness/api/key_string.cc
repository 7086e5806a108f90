// Key API for String type.

#include "api/key_access.h"
#include "api/rows.h"

namespace modcert::api {
namespace {

// string.set-signals-at-once: since 6.0 only the end of the handle does.
bool SignalsAtOnce(const abi::Profile& profile) { return !abi::AtLeast(profile, {6, 0, 0}); }

// string.truncate-to-nothing: before 6.2.5 such a call left the value as it was.
bool TruncatesToNothing(const abi::Profile& profile) { return abi::AtLeast(profile, {6, 2, 5}); }

// int RedisModule_StringSet(RedisModuleKey *key, RedisModuleString *str)
int StringSet(RedisModuleKey* key, RedisModuleString* string) noexcept {
  if (!key->writable() || key->has_iterator()) return REDISMODULE_ERR;  // string.set-refusals
  // string.set-keeps-text: a number does not get the encoding of one, as it does with SET.
  engine::String value;
  value.AssignText(string->bytes);
  StoreValue(key, std::move(value));
  if (SignalsAtOnce(key->ctx->host.api.profile()))
    KeyspaceOf(key).Touched(key->db, key->name, key->ctx->client);
  return REDISMODULE_OK;
}

// char *RedisModule_StringDMA(RedisModuleKey *key, size_t *len, int mode)
char* StringDMA(RedisModuleKey* key, size_t* size, int) noexcept {
  // string.dma-empty: what a handle without a value lends; who writes to it ends the process.
  static const char placeholder[] = "<dma-empty-string>";
  if (!key->entry) {
    *size = 0;
    return const_cast<char*>(placeholder);
  }
  engine::String* string = key->value<engine::String>();
  if (!string) return nullptr;  // string.dma-other-type
  *size = string->size();
  return string->Edit().data();  // string.dma-makes-raw: whatever the mode
}

// int RedisModule_StringTruncate(RedisModuleKey *key, size_t newlen)
int StringTruncate(RedisModuleKey* key, size_t size) noexcept {
  constexpr size_t kMaxSize = size_t{512} * 1024 * 1024;  // does not follow proto-max-bulk-len
  if (!key->writable() || (key->entry && !key->value<engine::String>()) || size > kMaxSize)
    return REDISMODULE_ERR;
  if (!key->entry && size == 0) return REDISMODULE_OK;  // string.truncate-creates
  if (size == 0 && !TruncatesToNothing(key->ctx->host.api.profile())) return REDISMODULE_OK;
  ContainerForWrite<engine::String>(key)->Edit().resize(size, '\0');
  return REDISMODULE_OK;
}

const abi::ApiRow kRows[] = {
    API_ROW(StringSet),
    API_ROW(StringDMA),
    API_ROW(StringTruncate),
};

}  // namespace

std::span<const abi::ApiRow> KeyStringRows() { return kRows; }

}  // namespace modcert::api
