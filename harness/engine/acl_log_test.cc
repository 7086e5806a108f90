#include "engine/acl_log.h"

#include <gtest/gtest.h>

namespace modcert::engine {
namespace {

AclLogEntry Refused(std::string object, int64_t at_ms) {
  return {.reason = "key",
          .context = "toplevel",
          .object = std::move(object),
          .username = "u",
          .at_ms = at_ms,
          .client_info = ""};
}

TEST(AclLog, TheSameRefusalWithinAMinuteCountsUpAndIsTheNewestAgain) {
  AclLog log;
  log.Add(Refused("a", 0), 128);
  log.Add(Refused("b", 10), 128);
  log.Add(Refused("a", 60'000), 128);
  ASSERT_EQ(log.entries().size(), 2u);
  EXPECT_EQ(log.entries()[0].object, "a");
  EXPECT_EQ(log.entries()[0].count, 2);
  EXPECT_EQ(log.entries()[0].at_ms, 60'000);
}

TEST(AclLog, AfterAMinuteItIsAnEntryOfItsOwn) {
  AclLog log;
  log.Add(Refused("a", 0), 128);
  log.Add(Refused("a", 60'001), 128);
  ASSERT_EQ(log.entries().size(), 2u);
  EXPECT_EQ(log.entries()[0].count, 1);
}

TEST(AclLog, EqualEntriesAreLookedForAmongTheLastTenOnly) {
  AclLog log;
  log.Add(Refused("first", 0), 128);
  for (int i = 0; i < 10; ++i) log.Add(Refused(std::to_string(i), 0), 128);
  log.Add(Refused("first", 0), 128);
  EXPECT_EQ(log.entries().size(), 12u);
}

TEST(AclLog, TheOldestGoWhenThereIsNoRoom) {
  AclLog log;
  for (int i = 0; i < 5; ++i) log.Add(Refused(std::to_string(i), 0), 3);
  ASSERT_EQ(log.entries().size(), 3u);
  EXPECT_EQ(log.entries().back().object, "2");
}

}  // namespace
}  // namespace modcert::engine
