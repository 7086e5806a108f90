// Key API for String type.

#include "api/key_access.h"
#include "api/rows.h"

namespace modcert::api {
namespace {

// int RedisModule_StringSet(RedisModuleKey *key, RedisModuleString *str)
int StringSet(RedisModuleKey* key, RedisModuleString* string) noexcept {
  if (!key->writable()) return REDISMODULE_ERR;
  // string.set-keeps-text: a number does not get the encoding of one, as it does with SET.
  engine::String value;
  value.AssignText(string->bytes);
  StoreValue(key, std::move(value));
  return REDISMODULE_OK;
}

// char *RedisModule_StringDMA(RedisModuleKey *key, size_t *len, int mode)
char* StringDMA(RedisModuleKey* key, size_t* size, int mode) noexcept {
  // What a handle without a value lends: no byte of it may be touched.
  static char placeholder[] = "<dma-empty-string>";
  if (!key->entry) {
    *size = 0;
    return placeholder;
  }
  engine::String* string = key->value<engine::String>();
  if (!string) return nullptr;
  *size = string->size();
  if (mode & REDISMODULE_WRITE) return string->Edit().data();
  return const_cast<char*>(string->bytes().data());
}

// int RedisModule_StringTruncate(RedisModuleKey *key, size_t newlen)
int StringTruncate(RedisModuleKey* key, size_t size) noexcept {
  constexpr size_t kMaxSize = size_t{512} * 1024 * 1024;  // does not follow proto-max-bulk-len
  if (!key->writable() || (key->entry && !key->value<engine::String>()) || size > kMaxSize)
    return REDISMODULE_ERR;
  if (!key->entry && size == 0) return REDISMODULE_OK;
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
