// Latency spikes by kind of event, as LATENCY LATEST, HISTORY and GRAPH show them.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace modcert::engine {

struct LatencySample {
  int64_t at_s = 0;
  int64_t latency_ms = 0;
};

// The spikes of one kind: the worst of each second, the newest last.
struct LatencyEvent {
  std::deque<LatencySample> samples;
  int64_t max_ms = 0;  // of all time
};

// Owned by Server. Nothing takes time here by itself; what a command asks to take (DEBUG SLEEP)
// counts.
class Latency {
 public:
  void Add(std::string_view event, int64_t at_s, int64_t latency_ms);
  // False when there was no such event.
  bool Reset(std::string_view event);
  const std::map<std::string, LatencyEvent, std::less<>>& events() const { return events_; }
  const LatencyEvent* Find(std::string_view event) const;

 private:
  std::map<std::string, LatencyEvent, std::less<>> events_;
};

}  // namespace modcert::engine
