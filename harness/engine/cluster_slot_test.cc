#include "engine/cluster_slot.h"

#include <gtest/gtest.h>

namespace modcert::engine {
namespace {

TEST(SlotOf, IsWhatARealServerSays) {
  EXPECT_EQ(SlotOf("foo"), 12182);
  EXPECT_EQ(SlotOf(""), 0);
}

TEST(SlotOf, HashesOnlyWhatIsBetweenBraces) {
  EXPECT_EQ(SlotOf("{a}b"), SlotOf("a"));
  EXPECT_EQ(SlotOf("x{a}b}"), SlotOf("a"));
  EXPECT_EQ(SlotOf("{}a"), 10875);
  EXPECT_EQ(SlotOf("a{b"), 13340);
}

}  // namespace
}  // namespace modcert::engine
