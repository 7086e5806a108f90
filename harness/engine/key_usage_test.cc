#include "engine/key_usage.h"

#include <gtest/gtest.h>

#include "engine/keyspace.h"

namespace modcert::engine {
namespace {

constexpr int64_t kNowMs = 1'700'000'000'999;

TEST(KeyUsage, TellsWholeSeconds) {
  Entry entry;
  entry.accessed_at_ms = kNowMs;
  EXPECT_EQ(IdleSeconds(entry, kNowMs), 0);
  EXPECT_EQ(IdleSeconds(entry, kNowMs + 1), 1);
  SetIdleSeconds(entry, 100, kNowMs);
  EXPECT_EQ(IdleSeconds(entry, kNowMs), 100);
}

TEST(KeyUsage, KeepsAnIdleTimeThatTheClockCanTell) {
  Entry entry;
  for (const int64_t idle_s : {0, 1, 5'000'000, 16'777'214}) {
    SetIdleSeconds(entry, idle_s, kNowMs);
    EXPECT_EQ(IdleSeconds(entry, kNowMs), idle_s);
  }
  SetIdleSeconds(entry, 1'000'000'000, kNowMs);
  EXPECT_LT(IdleSeconds(entry, kNowMs), 1 << 24);
}

TEST(KeyUsage, CountsUsesUnderAnLfuPolicyOnly) {
  Config config;
  Random random(1);
  Entry entry;
  NoteUse(entry, kNowMs, config, random);
  EXPECT_EQ(entry.frequency, 5);
  config.maxmemory_policy_is_lfu = true;
  NoteUse(entry, kNowMs, config, random);
  EXPECT_EQ(Frequency(entry, kNowMs, config), 6);
}

TEST(KeyUsage, DecaysByMinutes) {
  Config config;
  Entry entry;
  entry.frequency = 10;
  entry.accessed_at_ms = kNowMs;
  EXPECT_EQ(Frequency(entry, kNowMs + 3 * 60'000, config), 7);
  EXPECT_EQ(Frequency(entry, kNowMs + 60 * 60'000, config), 0);
  config.lfu_decay_time = 0;
  EXPECT_EQ(Frequency(entry, kNowMs + 60 * 60'000, config), 10);
}

}  // namespace
}  // namespace modcert::engine
