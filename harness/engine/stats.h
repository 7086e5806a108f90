// The counters that INFO prints and CONFIG RESETSTAT clears.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace modcert::engine {

// Owned by Server; plain numbers, changed by the parts that count.
struct Stats {
  // Commands take no time of the host's clock; what they ask to take (DEBUG SLEEP) adds up.
  struct CommandStat {
    int64_t calls = 0;
    int64_t usec = 0;
    std::map<int64_t, int64_t> durations_us;  // how many calls took how long; without those of 0
    int64_t rejected_calls = 0;
    int64_t failed_calls = 0;
  };

  int64_t total_connections_received = 0;
  int64_t total_commands_processed = 0;
  int64_t total_error_replies = 0;
  int64_t expired_keys = 0;
  int64_t lazyfreed_objects = 0;
  int64_t active_defrag_hits = 0;    // blocks that were moved
  int64_t active_defrag_misses = 0;  // and that were not
  int64_t active_defrag_key_hits = 0;
  int64_t active_defrag_key_misses = 0;
  int64_t keyspace_hits = 0;
  int64_t keyspace_misses = 0;
  int64_t dirty = 0;  // changes since the last save
  int64_t lastsave_s = 0;
  int64_t rdb_saves = 0;
  std::map<std::string, CommandStat, std::less<>> commands;  // by full name: "config|get"
  std::map<std::string, int64_t, std::less<>> errors;        // by code: "ERR", "WRONGTYPE"
};

}  // namespace modcert::engine
