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

// Whether a key handle remembers a place in the list (7.0), and from where it counts.
enum class ListPosition { kNone, kFromHead, kFromTail };

// The stream iterator of a key handle: what is left of a range, and the entry it stands on.
struct StreamIterator {
  engine::StreamId first;
  engine::StreamId last;
  engine::Stream::Order order;
  bool at_end = false;
  std::optional<engine::StreamId> current = {};
  size_t next_field = 0;  // how many of its fields were read
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
  modcert::module::ListPosition list = modcert::module::ListPosition::kNone;
  std::optional<modcert::module::StreamIterator> stream = {};
  bool stream_has_grown = false;  // whoever waits for the stream hears of it when the handle ends

  bool writable() const { return (mode & REDISMODULE_WRITE) != 0; }
  bool exists() const { return entry != nullptr; }
  // While one is active, some changes through the handle are refused.
  bool has_iterator() const { return list != modcert::module::ListPosition::kNone || stream; }
  // The value when the key exists and holds a T; else null.
  template <typename T>
  T* value() const {
    return entry ? std::get_if<T>(&entry->value) : nullptr;
  }
};
