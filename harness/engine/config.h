// Server configuration: what CONFIG GET and SET know, and typed members for what the engine reads.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/value/encoding_limits.h"

namespace modcert::engine {

// Owned by Server. Every parameter of redis-server 7.0.15 is known and validated
// (config_parameters.h); those with a typed member here have an effect, the others only remember.
class Config {
 public:
  EncodingLimits encoding;
  uint32_t notify_keyspace_events = 0;  // EventClass bits
  int databases = 16;
  std::string requirepass;
  bool rdb_compression = true;
  int64_t proto_max_bulk_len = 512 * 1024 * 1024;
  int64_t maxmemory = 0;
  bool maxmemory_policy_is_lfu = false;
  int64_t lfu_log_factor = 10;
  int64_t lfu_decay_time = 1;  // minutes; 0: never
  int64_t acllog_max_len = 128;
  int64_t slowlog_log_slower_than = 10'000;  // us; -1: nothing
  int64_t slowlog_max_len = 128;
  int64_t latency_monitor_threshold = 0;  // ms; 0: off
  bool replica_read_only = true;
  bool replica_serve_stale_data = true;
  int64_t min_replicas_to_write = 0;
  int64_t min_replicas_max_lag = 10;
  // What is freed in the background when it is large: lazyfree-lazy-...
  struct LazyFree {
    bool user_del = false;
    bool server_del = false;
    bool expire = false;
    bool eviction = false;
  };
  LazyFree lazy_free;
  bool active_defrag = false;
  int64_t active_defrag_max_scan_fields = 1000;

  // Pairs of name and value whose names match one of the patterns, ordered by name.
  std::vector<std::pair<std::string, std::string>> Get(std::span<const std::string> patterns) const;
  // The value of one parameter by its exact name; it must exist.
  std::string Get(std::string_view name) const;
  // Sets all or none; the error is worded as CONFIG SET answers it, without the leading "ERR ".
  std::optional<std::string> Set(std::span<const std::pair<std::string, std::string>> parameters);
  // Shows a value that came about otherwise: REPLICAOF sets `replicaof`, which CONFIG SET refuses.
  void Note(std::string_view name, const std::string& value) { Apply(name, value); }
  // Hears of each parameter that was set, after all of them were.
  void SetListener(std::function<void(std::string_view name)> listener) {
    listener_ = std::move(listener);
  }

 private:
  void Apply(std::string_view name, const std::string& value);

  std::function<void(std::string_view name)> listener_;
  std::map<std::string, std::string, std::less<>> changed_;  // what is no longer at its default
};

}  // namespace modcert::engine
