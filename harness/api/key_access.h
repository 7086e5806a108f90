// What the sections about keys have in common: storing and removing the value of an open key.
#pragma once

#include <utility>

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

inline void RemoveKeyIfEmpty(RedisModuleKey* key) {
  if (key->entry && engine::IsEmpty(key->entry->value)) RemoveKey(key);
}

}  // namespace modcert::api
