// When a value leaves its compact encoding: the *-max-* parameters of redis.conf.
#pragma once

#include <cstdint>

namespace modcert::engine {

// Owned by Config; values keep a pointer to it and read it at each change. Counts of elements, and
// sizes in bytes. Defaults are those of redis-server 7.0.
struct EncodingLimits {
  int64_t hash_max_listpack_entries = 512;
  int64_t hash_max_listpack_value = 64;
  int64_t list_max_listpack_size = -2;
  int64_t set_max_intset_entries = 512;
  int64_t zset_max_listpack_entries = 128;
  int64_t zset_max_listpack_value = 64;
  int64_t stream_node_max_bytes = 4096;   // 0: no limit
  int64_t stream_node_max_entries = 100;  // 0: no limit
};

// For a value that must not change its encoding by itself.
inline constexpr EncodingLimits kNoEncodingLimits{
    .hash_max_listpack_entries = INT64_MAX,
    .hash_max_listpack_value = INT64_MAX,
    .list_max_listpack_size = -2,
    .set_max_intset_entries = INT64_MAX,
    .zset_max_listpack_entries = INT64_MAX,
    .zset_max_listpack_value = INT64_MAX,
};

}  // namespace modcert::engine
