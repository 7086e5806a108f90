#include "engine/latency.h"

#include <algorithm>

namespace modcert::engine {
namespace {

constexpr size_t kSamplesMax = 160;  // what a real server keeps of each event

}  // namespace

void Latency::Add(std::string_view event, int64_t at_s, int64_t latency_ms) {
  LatencyEvent& entry = events_[std::string(event)];
  entry.max_ms = std::max(entry.max_ms, latency_ms);
  if (!entry.samples.empty() && entry.samples.back().at_s == at_s) {
    LatencySample& last = entry.samples.back();
    last.latency_ms = std::max(last.latency_ms, latency_ms);
    return;
  }
  entry.samples.push_back({at_s, latency_ms});
  if (entry.samples.size() > kSamplesMax) entry.samples.pop_front();
}

bool Latency::Reset(std::string_view event) {
  const auto it = events_.find(event);
  if (it == events_.end()) return false;
  events_.erase(it);
  return true;
}

const LatencyEvent* Latency::Find(std::string_view event) const {
  const auto it = events_.find(event);
  return it == events_.end() ? nullptr : &it->second;
}

}  // namespace modcert::engine
