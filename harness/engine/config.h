// Server configuration: the parameters of redis.conf that CONFIG GET and SET know.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/value/encoding_limits.h"

namespace modcert::engine {

// Owned by Server. Typed members for what the engine itself reads; everything else lives as text in
// a table of parameters (config.cc) with its default and its validation, so that CONFIG GET and SET
// answer as redis-server 7.0.15 does.
class Config {
 public:
  Config();

  EncodingLimits encoding;
  uint32_t notify_keyspace_events = 0;  // EventClass bits
  int databases = 16;
  std::string requirepass;
  bool rdb_compression = true;
  int64_t proto_max_bulk_len = 512 * 1024 * 1024;
  int64_t maxmemory = 0;

  // Pairs of name and value whose names match one of the patterns, ordered by name.
  std::vector<std::pair<std::string, std::string>> Get(std::span<const std::string> patterns) const;
  // Sets all or none. `place` and `problem` of the error are as CONFIG SET words them.
  Status Set(std::span<const std::pair<std::string, std::string>> parameters);

 private:
  std::map<std::string, std::string, std::less<>> texts_;  // parameters without a typed member
};

}  // namespace modcert::engine
