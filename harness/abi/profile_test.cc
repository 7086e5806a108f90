#include "abi/profile.h"

#include <gtest/gtest.h>

namespace modcert::abi {
namespace {

TEST(Profile, DefaultIsTheServerThatDebianShips) {
  EXPECT_EQ(DefaultProfile().name, "redis-7.0");
  EXPECT_EQ(DefaultProfile().version.ToString(), "7.0.15");
  EXPECT_EQ(DefaultProfile().version.number(), 0x0007000f);
}

TEST(Profile, EachIsFoundByItsName) {
  for (const Profile& profile : AllProfiles()) {
    Result<const Profile*> found = ParseProfile(profile.name);
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, &profile);
  }
}

TEST(Profile, AnUnknownNameListsTheKnownOnes) {
  Result<const Profile*> found = ParseProfile("redis-3.2");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().problem, "unknown server version 'redis-3.2'");
  EXPECT_NE(found.error().remedy.find("redis-4.0, redis-5.0"), std::string::npos);
}

TEST(Profile, ValkeyReportsARedisVersionOfItsOwn) {
  const Profile* valkey = *ParseProfile("valkey-8.1");
  EXPECT_EQ(valkey->server_name(), "valkey");
  EXPECT_EQ(valkey->redis_version.ToString(), "7.2.4");
}

TEST(Profile, AValkeyBehavesAsTheRedisItCameFromDoes) {
  const Profile& valkey = **ParseProfile("valkey-9.0");
  EXPECT_TRUE(AtLeast(valkey, {7, 2, 0}));
  EXPECT_FALSE(AtLeast(valkey, {7, 4, 0}));
  EXPECT_TRUE(ValkeyAtLeast(valkey, {9, 0, 0}));
  EXPECT_FALSE(ValkeyAtLeast(valkey, {9, 1, 0}));
  const Profile& redis = **ParseProfile("redis-8.10");
  EXPECT_TRUE(AtLeast(redis, {8, 8, 0}));
  EXPECT_FALSE(ValkeyAtLeast(redis, {7, 2, 5}));
}

}  // namespace
}  // namespace modcert::abi
