// Key API for Hash type. HashSet and HashGet have variable arguments, so each has a checked twin,
// written by hand.

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

// hash.set-old-result: it knew neither COUNT_ALL nor a flag too much, and left errno alone.
bool ReportsErrno(const abi::Profile& profile) { return abi::AtLeast(profile, {6, 2, 0}); }

// Why HashSet cannot begin, as errno; 0 when it can.
int HashSetRefusal(const RedisModuleKey* key, int flags, bool refuses_flags) {
  constexpr int kKnown = REDISMODULE_HASH_NX | REDISMODULE_HASH_XX | REDISMODULE_HASH_CFIELDS |
                         REDISMODULE_HASH_COUNT_ALL;
  if (!key || (refuses_flags && (flags & ~kKnown))) return EINVAL;
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
  const module::Host& host = key ? key->ctx->host : *module::CurrentHost();
  const bool reports_errno = ReportsErrno(host.api.profile());
  // hash.set-errno: nothing is written then, and no argument read.
  if (const int refusal = HashSetRefusal(key, flags, reports_errno)) {
    if (reports_errno) errno = refusal;
    return 0;
  }
  if (!reports_errno) flags &= ~REDISMODULE_HASH_COUNT_ALL;
  engine::Hash& hash = *ContainerForWrite<engine::Hash>(key);
  int count = 0;
  while (const std::optional<std::string> field = NextField(arguments, flags))
    count += SetField(hash, *field, va_arg(arguments, RedisModuleString*), flags);
  RemoveKeyIfEmpty(key);                            // hash.set-removes-empty
  if (count == 0 && reports_errno) errno = ENOENT;  // hash.set-counts-nothing
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

// The value of a field that counts as there, or null.
const std::string* Visible(const RedisModuleKey* key, const std::string& field) {
  const engine::Hash* hash = key->value<engine::Hash>();
  if (!hash) return nullptr;
  const int64_t now_ms = key->ctx->host.server.clock.now_ms();
  // hash.get-expired: a field whose time has passed counts as missing, deleted or not.
  if (hash->IsExpired(field, now_ms) && !SeesExpired(key)) return nullptr;
  return hash->Get(field);
}

mstime_t ExpiryOf(const RedisModuleKey* key, const std::string& field) {
  if (!Visible(key, field)) return REDISMODULE_NO_EXPIRE;
  return key->value<engine::Hash>()->ExpiryOf(field).value_or(REDISMODULE_NO_EXPIRE);
}

int HashGetFrom(RedisModuleKey* key, int flags, va_list& arguments) {
  if (key->entry && !key->value<engine::Hash>()) return REDISMODULE_ERR;
  const bool asks_times =
      (flags & abi::FlagIn(abi::constant::kHashExpireTime, key->ctx->host.api.profile())) != 0;
  const bool asks_existence = (flags & REDISMODULE_HASH_EXISTS) != 0;
  if (asks_times && asks_existence) return REDISMODULE_ERR;  // hash.get-one-kind
  while (const std::optional<std::string> field = NextField(arguments, flags)) {
    if (asks_times) {
      *va_arg(arguments, mstime_t*) = ExpiryOf(key, *field);
    } else if (asks_existence) {
      *va_arg(arguments, int*) = Visible(key, *field) != nullptr;
    } else {
      const std::string* value = Visible(key, *field);
      RedisModuleString** target = va_arg(arguments, RedisModuleString**);
      *target = value ? key->ctx->host.NewString(key->ctx, *value) : nullptr;
    }
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

// mstime_t RedisModule_HashFieldMinExpire(RedisModuleKey *key)
mstime_t HashFieldMinExpire(RedisModuleKey* key) noexcept {
  const engine::Hash* hash = key->value<engine::Hash>();
  return hash ? hash->MinExpiry().value_or(REDISMODULE_NO_EXPIRE) : REDISMODULE_NO_EXPIRE;
}

// int HashSetStringRef(RedisModuleKey *key, RedisModuleString *field, const char *buf, size_t len)
// of Valkey
int HashSetStringRef(RedisModuleKey* key, RedisModuleString* field, const char* bytes,
                     size_t size) noexcept {
  engine::Hash* hash = key ? key->value<engine::Hash>() : nullptr;
  if (!hash || !field || !bytes) return REDISMODULE_ERR;
  if (!hash->Contains(field->bytes)) return -1;  // hash.string-ref-missing
  hash->Borrow(field->bytes, {bytes, size});
  return REDISMODULE_OK;
}

// int HashHasStringRef(RedisModuleKey *key, RedisModuleString *field) of Valkey
int HashHasStringRef(RedisModuleKey* key, RedisModuleString* field) noexcept {
  const engine::Hash* hash = key ? key->value<engine::Hash>() : nullptr;
  if (!hash) return REDISMODULE_ERR;  // hash.string-ref-yes-is-err
  return hash->Borrows(field->bytes);
}

const abi::ApiRow kRows[] = {
    API_ROW(HashSet, CheckedHashSet), API_ROW(HashGet, CheckedHashGet), API_ROW(HashFieldMinExpire),
    API_ROW(HashSetStringRef),        API_ROW(HashHasStringRef),
};

}  // namespace

std::span<const abi::ApiRow> KeyHashRows() { return kRows; }

}  // namespace modcert::api
