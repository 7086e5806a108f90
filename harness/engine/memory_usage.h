// How many bytes a key would take in redis-server 7.0: what MEMORY USAGE says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/value/opaque.h"
#include "engine/value/value.h"

namespace modcert::engine {

// The sizes of the server's own structures on a 64-bit machine, rounded up to jemalloc's size
// classes, as Debian's server has them. `samples` elements of a container are measured and the rest
// is assumed to be like them; 0 measures all.
// DEVIATION: which elements of a hash table a real server samples, and how many levels its skip
// list nodes have, depends on chance there; here it is the first ones, and one level.
size_t MemoryUsage(const Value& value, const KeyPlace& place, size_t samples);

// The object that holds a text which is no number, as a module makes one.
size_t StringObjectSize(std::string_view bytes);

class Keyspace;

// What the server as a whole would use: its own memory when it is empty, and every key. Walks over
// all keys.
int64_t UsedMemory(const Keyspace& keyspace);

}  // namespace modcert::engine
