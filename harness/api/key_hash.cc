// Key API for Hash type: two functions of variable arguments, each with its checked twin.

#include <cerrno>
#include <cstdarg>
#include <optional>

#include "api/key_access.h"
#include "api/rows.h"

namespace modcert::api {
namespace {

// The next field's name, or nothing at the NULL that ends the list.
std::optional<std::string> NextField(va_list& arguments, int flags) {
  if (flags & REDISMODULE_HASH_CFIELDS) {
    const char* name = va_arg(arguments, const char*);
    return name ? std::optional<std::string>(name) : std::nullopt;
  }
  const RedisModuleString* name = va_arg(arguments, RedisModuleString*);
  return name ? std::optional<std::string>(name->bytes) : std::nullopt;
}

// Why HashSet cannot begin, as errno; 0 when it can.
int HashSetRefusal(const RedisModuleKey* key, int flags) {
  constexpr int kKnown = REDISMODULE_HASH_NX | REDISMODULE_HASH_XX | REDISMODULE_HASH_CFIELDS |
                         REDISMODULE_HASH_COUNT_ALL;
  if (!key || (flags & ~kKnown)) return EINVAL;
  if (key->entry && !key->value<engine::Hash>()) return ENOTSUP;
  return key->writable() ? 0 : EBADF;
}

// Sets or deletes one field; how much it counts.
int SetField(engine::Hash& hash, const std::string& field, const RedisModuleString* value,
             int flags) {
  const bool exists = hash.Contains(field);
  if ((flags & REDISMODULE_HASH_XX) && !exists) return 0;
  if ((flags & REDISMODULE_HASH_NX) && exists) return 0;
  if (value == REDISMODULE_HASH_DELETE) return hash.Remove(field);
  hash.Set(field, value->bytes);
  return exists || (flags & REDISMODULE_HASH_COUNT_ALL);
}

int HashSetFrom(RedisModuleKey* key, int flags, va_list& arguments) {
  if (const int refusal = HashSetRefusal(key, flags)) {
    errno = refusal;
    return 0;
  }
  engine::Hash& hash = *ContainerForWrite<engine::Hash>(key);
  int count = 0;
  while (const std::optional<std::string> field = NextField(arguments, flags))
    count += SetField(hash, *field, va_arg(arguments, RedisModuleString*), flags);
  RemoveKeyIfEmpty(key);
  if (count == 0) errno = ENOENT;
  return count;
}

// int RedisModule_HashSet(RedisModuleKey *key, int flags, ...)
int HashSet(RedisModuleKey* key, int flags, ...) noexcept {
  va_list arguments;
  va_start(arguments, flags);
  const int count = HashSetFrom(key, flags, arguments);
  va_end(arguments);
  return count;
}

int CheckedHashSet(RedisModuleKey* key, int flags, ...) noexcept {
  auto call = abi::Begin<abi::published::HashSet>(key, flags);
  if (!call.proceed()) return abi::published::HashSet::Failure();
  va_list arguments;
  va_start(arguments, flags);
  const int count = HashSetFrom(key, flags, arguments);
  va_end(arguments);
  return call.End(count);
}

int HashGetFrom(RedisModuleKey* key, int flags, va_list& arguments) {
  if (key->entry && !key->value<engine::Hash>()) return REDISMODULE_ERR;
  const engine::Hash* hash = key->value<engine::Hash>();
  while (const std::optional<std::string> field = NextField(arguments, flags)) {
    const std::string* value = hash ? hash->Get(*field) : nullptr;
    if (flags & REDISMODULE_HASH_EXISTS) {
      *va_arg(arguments, int*) = value != nullptr;
      continue;
    }
    RedisModuleString** target = va_arg(arguments, RedisModuleString**);
    *target = value ? key->ctx->host.NewString(key->ctx, *value) : nullptr;
  }
  return REDISMODULE_OK;
}

// int RedisModule_HashGet(RedisModuleKey *key, int flags, ...)
int HashGet(RedisModuleKey* key, int flags, ...) noexcept {
  va_list arguments;
  va_start(arguments, flags);
  const int status = HashGetFrom(key, flags, arguments);
  va_end(arguments);
  return status;
}

int CheckedHashGet(RedisModuleKey* key, int flags, ...) noexcept {
  auto call = abi::Begin<abi::published::HashGet>(key, flags);
  if (!call.proceed()) return abi::published::HashGet::Failure();
  va_list arguments;
  va_start(arguments, flags);
  const int status = HashGetFrom(key, flags, arguments);
  va_end(arguments);
  return call.End(status);
}

const abi::ApiRow kRows[] = {
    API_ROW(HashSet, CheckedHashSet),
    API_ROW(HashGet, CheckedHashGet),
};

}  // namespace

std::span<const abi::ApiRow> KeyHashRows() { return kRows; }

}  // namespace modcert::api
