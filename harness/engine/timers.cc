#include "engine/timers.h"

#include <vector>

namespace modcert::engine {

Timers::Id Timers::Add(int64_t at_ms, std::function<void()> run) {
  const Id id = next_id_++;
  queue_.emplace(std::pair(at_ms, id), std::move(run));
  due_.emplace(id, at_ms);
  return id;
}

bool Timers::Cancel(Id id) {
  const auto it = due_.find(id);
  if (it == due_.end()) return false;
  queue_.erase({it->second, id});
  due_.erase(it);
  return true;
}

std::optional<int64_t> Timers::DueAt(Id id) const {
  const auto it = due_.find(id);
  if (it == due_.end()) return std::nullopt;
  return it->second;
}

std::optional<int64_t> Timers::NextDue() const {
  if (queue_.empty()) return std::nullopt;
  return queue_.begin()->first.first;
}

void Timers::RunDue(int64_t now_ms) {
  // The ids up to here: what a timer adds has a later one and waits for the next call.
  const Id end = next_id_;
  std::vector<std::pair<int64_t, Id>> due;
  for (const auto& [place, run] : queue_) {
    if (place.first > now_ms) break;
    if (place.second < end) due.push_back(place);
  }
  for (const auto& place : due) {
    const auto it = queue_.find(place);
    if (it == queue_.end()) continue;  // cancelled by one that ran before
    const std::function<void()> run = std::move(it->second);
    queue_.erase(it);
    due_.erase(place.second);
    run();
  }
}

}  // namespace modcert::engine
