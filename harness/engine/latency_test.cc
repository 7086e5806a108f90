#include "engine/latency.h"

#include <gtest/gtest.h>

namespace modcert::engine {
namespace {

TEST(Latency, KeepsTheWorstOfEachSecond) {
  Latency latency;
  latency.Add("command", 100, 20);
  latency.Add("command", 100, 50);
  latency.Add("command", 100, 30);
  latency.Add("command", 101, 10);
  const LatencyEvent* event = latency.Find("command");
  ASSERT_NE(event, nullptr);
  ASSERT_EQ(event->samples.size(), 2u);
  EXPECT_EQ(event->samples[0].latency_ms, 50);
  EXPECT_EQ(event->samples[1].latency_ms, 10);
  EXPECT_EQ(event->max_ms, 50);
}

TEST(Latency, KeepsTheLast160Samples) {
  Latency latency;
  for (int64_t second = 0; second < 200; ++second) latency.Add("command", second, 1);
  const LatencyEvent* event = latency.Find("command");
  ASSERT_EQ(event->samples.size(), 160u);
  EXPECT_EQ(event->samples.front().at_s, 40);
}

TEST(Latency, ResetSaysWhetherThereWasSuchAnEvent) {
  Latency latency;
  latency.Add("command", 1, 1);
  EXPECT_TRUE(latency.Reset("command"));
  EXPECT_FALSE(latency.Reset("command"));
  EXPECT_EQ(latency.Find("command"), nullptr);
}

}  // namespace
}  // namespace modcert::engine
