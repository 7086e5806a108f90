// Commands that took long: the entries of SLOWLOG.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

namespace modcert::engine {

struct SlowLogEntry {
  int64_t id = 0;
  int64_t at_s = 0;
  int64_t duration_us = 0;
  std::vector<std::string> args;  // shortened
  std::string address;
  std::string client_name;
};

// Owned by Server. Ids go on after Clear.
class SlowLog {
 public:
  // Gives the entry its id, shortens its arguments, and keeps the last `max` entries.
  void Add(SlowLogEntry entry, int64_t max);
  void Clear() { entries_.clear(); }
  const std::deque<SlowLogEntry>& entries() const { return entries_; }  // the newest first

 private:
  std::deque<SlowLogEntry> entries_;
  int64_t next_id_ = 0;
};

}  // namespace modcert::engine
