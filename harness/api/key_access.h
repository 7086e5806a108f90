// What the sections about keys have in common: storing and removing the value of an open key.
#pragma once

#include <utility>

#include "abi/constants.h"
#include "module/host.h"

namespace modcert::api {

inline engine::Keyspace& KeyspaceOf(const RedisModuleKey* key) {
  return key->ctx->host.server.keyspace;
}

// Puts a value in place of what the key holds; its time to live goes.
inline void StoreValue(RedisModuleKey* key, engine::Value value) {
  engine::Keyspace& keyspace = KeyspaceOf(key);
  if (key->entry)
    keyspace.Replace(key->db, key->name, *key->entry, std::move(value));
  else
    key->entry = &keyspace.Put(key->db, key->name, std::move(value));
  key->checked_at = keyspace.removals();  // what this handle did itself
}

// The container to change, made empty on a handle without a value. Null when the key holds another
// type.
template <typename T>
T* ContainerForWrite(RedisModuleKey* key) {
  if (!key->entry) StoreValue(key, engine::MakeEmpty<T>(KeyspaceOf(key).limits()));
  return key->value<T>();
}

// Takes the key out of the keyspace; the handle stays open, now on an empty key.
inline void RemoveKey(RedisModuleKey* key, engine::Freeing freeing = engine::Freeing::kServer) {
  if (!key->entry) return;
  key->entry = nullptr;
  KeyspaceOf(key).Remove(key->db, key->name, freeing);
}

// The key goes with its last element, and so do the iterators over it. True when it is gone.
inline bool RemoveKeyIfEmpty(RedisModuleKey* key) {
  if (!key->entry || !engine::IsEmpty(key->entry->value)) return false;
  key->list = module::ListPosition::kNone;
  RemoveKey(key);
  return true;
}

// Opened with ACCESS_EXPIRED, in a release that knows it: what has expired counts as present.
inline bool SeesExpired(const RedisModuleKey* key) {
  return (key->mode &
          abi::FlagIn(abi::constant::kOpenKeyAccessExpired, key->ctx->host.api.profile())) != 0;
}

}  // namespace modcert::api
