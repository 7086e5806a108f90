#include "run/profile_choice.h"

#include <gtest/gtest.h>

namespace modcert::run {
namespace {

TEST(ProfileAllows, ComparesLinesOfRedis) {
  EXPECT_TRUE(ProfileAllows(">=redis-4.0", "redis-7.0"));
  EXPECT_TRUE(ProfileAllows(">=redis-8.8", "redis-8.10"));
  EXPECT_FALSE(ProfileAllows(">redis-8.10", "redis-8.10"));
  EXPECT_TRUE(ProfileAllows("<redis-7.0", "redis-6.2"));
  EXPECT_FALSE(ProfileAllows("<redis-7.0", "redis-7.0"));
  EXPECT_TRUE(ProfileAllows("<=redis-7.0", "redis-7.0"));
  EXPECT_TRUE(ProfileAllows("redis-7.0", "redis-7.0"));
  EXPECT_TRUE(ProfileAllows("=redis-7.0", "redis-7.0"));
  EXPECT_FALSE(ProfileAllows("redis-7.0", "redis-7.2"));
}

TEST(ProfileAllows, AsksAValkeyForTheRedisItCameFrom) {
  EXPECT_TRUE(ProfileAllows(">=redis-7.2", "valkey-9.1"));
  EXPECT_FALSE(ProfileAllows(">=redis-7.4", "valkey-9.1"));
  EXPECT_TRUE(ProfileAllows("<redis-7.4", "valkey-9.1"));
  EXPECT_FALSE(ProfileAllows("redis-7.2", "valkey-7.2"));
}

TEST(ProfileAllows, AVersionOfValkeyIsAboutValkeyAlone) {
  EXPECT_TRUE(ProfileAllows(">=valkey-8.0", "valkey-9.0"));
  EXPECT_FALSE(ProfileAllows(">=valkey-9.1", "valkey-9.0"));
  EXPECT_FALSE(ProfileAllows(">=valkey-8.0", "redis-8.10"));
  EXPECT_FALSE(ProfileAllows("<valkey-8.0", "redis-7.0"));
}

TEST(ProfileFor, IsTheDefaultWhereItMayBe) {
  EXPECT_EQ(ProfileFor(""), "redis-7.0");
  EXPECT_EQ(ProfileFor(">=redis-4.0"), "redis-7.0");
  EXPECT_EQ(ProfileFor("<=redis-7.0"), "redis-7.0");
}

TEST(ProfileFor, IsTheNextToItElsewhere) {
  EXPECT_EQ(ProfileFor("redis-8.2"), "redis-8.2");
  EXPECT_EQ(ProfileFor(">redis-7.0"), "redis-7.2");
  EXPECT_EQ(ProfileFor(">=redis-8.4"), "redis-8.4");
  EXPECT_EQ(ProfileFor("<redis-7.0"), "redis-6.2");
  EXPECT_EQ(ProfileFor("<=redis-5.0"), "redis-5.0");
  EXPECT_EQ(ProfileFor("valkey-9.1"), "valkey-9.1");
  EXPECT_EQ(ProfileFor(">=valkey-8.0"), "valkey-8.0");
  EXPECT_EQ(ProfileFor("<valkey-9.0"), "valkey-8.1");
}

TEST(ProfileFor, IsEmptyWhereTheHostImitatesNone) {
  EXPECT_EQ(ProfileFor("<redis-2.0"), "");
  EXPECT_EQ(ProfileFor("redis-7.1"), "");
  EXPECT_EQ(ProfileFor(">valkey-9.1"), "");
}

}  // namespace
}  // namespace modcert::run
