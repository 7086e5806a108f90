#include "abi/server_events.h"

#include <gtest/gtest.h>

#include <set>

#include "abi/constants.h"

namespace modcert::abi {
namespace {

const Profile& Named(std::string_view name) { return **ParseProfile(name); }

TEST(ServerEvents, AnIdMeansWhatItMeansInThatServer) {
  EXPECT_EQ(EventOf(18, Named("redis-8.4")), ServerEvent::kClusterSlotMigration);
  EXPECT_EQ(EventOf(18, Named("valkey-9.0")), ServerEvent::kAuthenticationAttempt);
  EXPECT_EQ(EventOf(18, Named("redis-8.2")), std::nullopt);
  EXPECT_EQ(EventOf(18, Named("valkey-8.1")), std::nullopt);
  EXPECT_EQ(EventOf(20, Named("redis-8.10")), ServerEvent::kClusterTopologyChange);
  EXPECT_EQ(EventOf(20, Named("valkey-9.1")), ServerEvent::kCommandResultSuccess);
  EXPECT_EQ(EventOf(17, Named("redis-7.2")), ServerEvent::kKey);
  EXPECT_EQ(EventOf(17, Named("redis-7.0")), std::nullopt);
  EXPECT_EQ(EventOf(0, Named("redis-5.0")), std::nullopt);
}

TEST(ServerEvents, EachIsFoundByTheIdItHas) {
  for (const Profile& profile : AllProfiles()) {
    std::set<uint64_t> ids;
    for (const ServerEventFacts& facts : AllServerEvents()) {
      const auto id = IdOf(facts.event, profile);
      if (!id) continue;
      EXPECT_TRUE(ids.insert(*id).second) << facts.name << profile.name;
      EXPECT_EQ(EventOf(*id, profile), facts.event);
    }
    // No release has a gap, but for the event of Redis 6.2 that Valkey did not take over.
    const auto next = ValueIn(constant::kEventNext, profile);
    if (!next) continue;
    EXPECT_EQ(ids.size(), static_cast<size_t>(*next) - (IsValkey(profile) ? 1 : 0));
  }
}

TEST(ServerEvents, SubeventsCameLaterThanTheirEvents) {
  EXPECT_EQ(SubeventCount(ServerEvent::kPersistence, Named("redis-6.2")), 5u);
  EXPECT_EQ(SubeventCount(ServerEvent::kPersistence, Named("redis-7.0")), 6u);
  EXPECT_EQ(SubeventCount(ServerEvent::kPersistence, Named("valkey-8.0")), 6u);
  EXPECT_EQ(SubeventCount(ServerEvent::kClusterSlotMigration, Named("redis-8.4")), 7u);
  EXPECT_EQ(SubeventCount(ServerEvent::kClusterSlotMigration, Named("redis-8.10")), 8u);
  EXPECT_EQ(SubeventCount(ServerEvent::kAtomicSlotMigration, Named("valkey-9.0")), 6u);
  EXPECT_EQ(SubeventCount(ServerEvent::kShutdown, Named("redis-7.0")), 0u);
  EXPECT_EQ(SubeventCount(ServerEvent::kKey, Named("redis-7.0")), 0u);
}

TEST(ServerEvents, AreInTheOrderOfTheirNames) {
  for (const ServerEventFacts& facts : AllServerEvents()) EXPECT_EQ(&FactsOf(facts.event), &facts);
}

}  // namespace
}  // namespace modcert::abi
