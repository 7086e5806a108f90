// RedisModuleKey: a key that a module opened.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/keyspace.h"
#include "module/string_handle.h"
#include "redismodule_types.h"

namespace modcert::module {

// The zset iterator of a key handle: a range of ranks and where it stands. The ranks are taken when
// the range starts and follow the changes made through this handle.
struct ZsetIterator {
  enum class Kind { kNone, kScore, kLex };
  Kind kind = Kind::kNone;
  engine::ScoreBound min_score, max_score;
  engine::LexBound min_lex, max_lex;
  std::optional<size_t> rank;  // the current element; none before the first and after the last
  bool end_reached = true;
};

// The list iterator that ListGet, ListSet, ListInsert and ListDelete keep (7.0).
struct ListIterator {
  std::optional<long> index;
};

}  // namespace modcert::module

// Made by OpenKey, ends with CloseKey or with its context. `entry` is null for a key that does not
// exist; it is the engine's, and stays valid while nobody else removes the key.
struct RedisModuleKey {
  RedisModuleCtx* ctx;
  int db;
  std::string name;
  int mode;  // REDISMODULE_READ, REDISMODULE_WRITE and the OPEN_KEY flags
  modcert::engine::Entry* entry = nullptr;
  // For the validation layer: Keyspace::removals() when `entry` was last seen to be the key's, with
  // the value that it had then; the largest number: it will be looked at first.
  uint64_t checked_at = UINT64_MAX;
  RedisModuleString* name_string = nullptr;  // what GetKeyNameFromModuleKey lends; made when asked
  modcert::module::ZsetIterator zset = {};
  modcert::module::ListIterator list = {};

  bool writable() const { return (mode & REDISMODULE_WRITE) != 0; }
  bool exists() const { return entry != nullptr; }
  // The value when the key exists and holds a T; else null.
  template <typename T>
  T* value() const {
    return entry ? std::get_if<T>(&entry->value) : nullptr;
  }
};
