// Any value as RDB bytes and back. What is written is what redis-server 7.0 writes: the type byte
// follows from the encoding. What is read is any encoding since Redis 1.0.
//
// The order of a set or hash in a hash table depends on a seed that a real server draws when it
// starts, so its bytes repeat nowhere; ours are in order of insertion.
// DEVIATION: redis-server 7.0 saves the nodes of a list as its history left them; ours are filled
// from the head, as if the list had been made by RPUSH. They hold the same items.
#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"
#include "engine/rdb/format.h"
#include "engine/rdb/reader.h"
#include "engine/rdb/writer.h"
#include "engine/value/value.h"

namespace modcert::engine::rdb {

// The byte that goes in front of the value (in a file, in front of its key).
Type TypeOf(const Value& value);

// Writes what follows the type byte and, in a file, the key.
void SaveValue(Writer& out, const Value& value, const KeyPlace& place);

// What a loader has to know. The limits outlive the value.
struct LoadContext {
  const EncodingLimits* limits = nullptr;
  // The type whose name the id carries, or null; the id's low ten bits (encver) do not matter.
  std::function<const OpaqueType*(uint64_t module_id)> find_type = {};
  KeyPlace place = {};
  // Which types may occur: a set in a listpack is known from version 11 on.
  int rdb_version = kRdbVersion;
};

// Reads what SaveValue wrote. The container may be empty: no server would have saved it, and a file
// skips it while RESTORE refuses it. Any other oddity is an error: wrong sizes, duplicates, scores
// that are not numbers, an unknown type, a module's data without the module.
Result<Value> LoadValue(Reader& in, uint8_t type, const LoadContext& context);

// The nine characters that a module id carries.
std::string ModuleTypeName(uint64_t module_id);
// The version of the data that a module id carries: 0 to 1023.
int ModuleEncodingVersion(uint64_t module_id);

}  // namespace modcert::engine::rdb
