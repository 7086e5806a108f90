// Things to do later, in order of time, on the host's clock.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace modcert::engine {

// Owned by Server. Timers due at the same millisecond run in order of creation. Lock held.
class Timers {
 public:
  using Id = uint64_t;

  Id Add(int64_t at_ms, std::function<void()> run);
  // False when the timer has run or never was.
  bool Cancel(Id id);
  std::optional<int64_t> DueAt(Id id) const;
  std::optional<int64_t> NextDue() const;
  // Runs what is due at `now_ms`, one after the other. A timer may add and cancel timers; one it
  // adds for `now_ms` or before runs in the next call.
  void RunDue(int64_t now_ms);

 private:
  std::map<std::pair<int64_t, Id>, std::function<void()>> queue_;
  std::map<Id, int64_t> due_;
  Id next_id_ = 1;
};

}  // namespace modcert::engine
