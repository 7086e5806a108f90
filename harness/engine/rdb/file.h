// A whole RDB file: what SAVE writes and a server reads when it starts. Bytes in memory; whoever
// wants a file on disk writes them.
//
// Neither side knows the keyspace: saving asks its caller for the keys of each database, loading
// hands each key to its caller.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/rdb/value_codec.h"
#include "engine/value/key_metadata.h"

namespace modcert::engine::rdb {

// One key on its way into a file.
struct SavedKey {
  std::string_view key;
  const Value* value = nullptr;
  std::optional<int64_t> expire_at_ms = {};  // Unix time
  const KeyMetadata* metadata = nullptr;
};

// One database on its way into a file; an empty one leaves no trace there.
struct SavedDatabase {
  int index = 0;
  size_t key_count = 0;
  size_t expire_count = 0;  // how many of the keys have a time to live
  // Calls `save` for each key, in the order they should stand in the file.
  std::function<void(const std::function<void(const SavedKey&)>& save)> for_each_key = {};
};

struct SaveOptions {
  WriterOptions writer = {};
  bool rdbchecksum = true;
  std::string redis_version = "7.0.15";
  int64_t unix_time_s = 0;
  uint64_t used_memory = 0;
  // The sources of the function libraries.
  std::vector<std::string_view> function_libraries = {};
  bool aof_base = false;  // it is the base of an append-only file
  // The types that may have data beside their keys, which stand before and after all keys.
  std::span<const OpaqueType* const> module_types = {};
};

std::string SaveFile(const std::vector<SavedDatabase>& databases, const SaveOptions& options);

// One key out of a file. Whether it has expired meanwhile is the caller's to ask.
struct LoadedKey {
  int db = 0;
  std::string key = {};
  std::optional<int64_t> expire_at_ms = {};
  std::optional<uint64_t> idle_s = {};    // under an LRU policy
  std::optional<uint8_t> frequency = {};  // under an LFU policy
  std::unique_ptr<KeyMetadata> metadata = {};
  Value value;
};

// What a file is loaded into. Only `limits` and `add_key` have to be set.
struct LoadOptions {
  const EncodingLimits* limits = nullptr;
  // A file with values or data of a type that is not found is refused, as a real server does.
  std::function<const OpaqueType*(uint64_t module_id)> find_type = {};
  // Unset, a file with metadata of keys is refused. Must outlive the keys.
  const KeyMetaClasses* key_meta_classes = nullptr;
  // An error stops the load.
  std::function<Status(LoadedKey key)> add_key = {};
  // A field such as "redis-ver"; unknown ones are for the caller to ignore.
  std::function<void(std::string_view name, std::string_view value)> add_aux_field = {};
  // The source of a function library. Unset, a file with functions is refused.
  std::function<Status(std::string_view library)> add_function_library = {};
  // So many bytes have been read; called between two records.
  std::function<void(size_t done)> on_progress = {};
};

// Reads all of a file. On an error what was loaded before it has been handed over already. A
// container without elements is skipped, as a real server skips it.
Status LoadFile(std::string_view bytes, const LoadOptions& options);

// The same for a file that something else may follow, as in the base of an append-only file: how
// many of the bytes it has.
Result<size_t> LoadPreamble(std::string_view bytes, const LoadOptions& options);

}  // namespace modcert::engine::rdb
