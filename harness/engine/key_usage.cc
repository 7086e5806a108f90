#include "engine/key_usage.h"

#include <algorithm>

#include "engine/keyspace.h"

namespace modcert::engine {
namespace {

constexpr int64_t kClockMaxS = (1 << 24) - 1;  // the clock has 24 bits
constexpr int64_t kNewKeyFrequency = 5;        // up to here, each use counts
constexpr int64_t kFrequencyMax = 255;

}  // namespace

int64_t IdleSeconds(const Entry& entry, int64_t now_ms) {
  return now_ms / 1000 - entry.accessed_at_ms / 1000;
}

void SetIdleSeconds(Entry& entry, int64_t idle_s, int64_t now_ms) {
  const int64_t clock = now_ms / 1000 & kClockMaxS;
  int64_t used_at = clock - idle_s;
  if (used_at < 0) used_at += kClockMaxS;
  used_at &= kClockMaxS;
  const int64_t told_s = clock >= used_at ? clock - used_at : clock + kClockMaxS - used_at;
  entry.accessed_at_ms = (now_ms / 1000 - told_s) * 1000;
}

int64_t Frequency(const Entry& entry, int64_t now_ms, const Config& config) {
  if (config.lfu_decay_time == 0) return entry.frequency;
  const int64_t minutes = now_ms / 60'000 - entry.accessed_at_ms / 60'000;
  return std::max<int64_t>(entry.frequency - minutes / config.lfu_decay_time, 0);
}

void NoteUse(Entry& entry, int64_t now_ms, const Config& config, Random& random) {
  if (config.maxmemory_policy_is_lfu) {
    int64_t frequency = Frequency(entry, now_ms, config);
    const int64_t above_new = std::max<int64_t>(frequency - kNewKeyFrequency, 0);
    const double chance = 1.0 / static_cast<double>(above_new * config.lfu_log_factor + 1);
    if (frequency < kFrequencyMax && random.Fraction() < chance) ++frequency;
    entry.frequency = static_cast<uint8_t>(frequency);
  }
  entry.accessed_at_ms = now_ms;
}

}  // namespace modcert::engine
