// Time as a part of the host: a virtual clock that a scenario advances, or the real one for
// `serve`. Owned by whoever builds a host; every part that needs time gets a reference.
#pragma once

#include <atomic>
#include <cstdint>

namespace modcert {

// Milliseconds and microseconds since the Unix epoch. Read by any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual int64_t now_us() const = 0;
  int64_t now_ms() const { return now_us() / 1000; }
  // From some moment on, and never back: for durations.
  virtual int64_t monotonic_us() const { return now_us(); }
};

// Stands still until somebody, with the host's lock held, advances it; modules' threads read it
// without. Starts at a fixed instant, so that a run repeats.
class VirtualClock final : public Clock {
 public:
  // 2024-01-01 00:00:00 UTC: any fixed instant would do; this one is recent enough for TTL sanity.
  static constexpr int64_t kStartMs = 1704067200000;

  int64_t now_us() const override { return now_us_.load(std::memory_order_relaxed); }
  void Advance(int64_t ms) { now_us_.fetch_add(ms * 1000, std::memory_order_relaxed); }
  void AdvanceTo(int64_t ms) {
    if (ms * 1000 > now_us()) now_us_.store(ms * 1000, std::memory_order_relaxed);
  }

 private:
  std::atomic<int64_t> now_us_ = kStartMs * 1000;
};

// The machine's clock.
class RealClock final : public Clock {
 public:
  int64_t now_us() const override;
  int64_t monotonic_us() const override;
};

}  // namespace modcert
