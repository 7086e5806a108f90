#include "abi/constants.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "redismodule_types.h"

namespace modcert::abi {
namespace {

const Profile& Named(std::string_view name) { return **ParseProfile(name); }

std::optional<int64_t> In(std::string_view profile, const Constant& constant) {
  return ValueIn(constant, Named(profile));
}

TEST(Constants, TheSameBitMeansOneThingInRedisAndAnotherInValkey) {
  struct Row {
    const Constant& redis;
    const Constant& valkey;
    int64_t value;
    std::string_view first_redis;
    std::string_view first_valkey;
  };
  const Row kRows[] = {
      {constant::kEventClusterSlotMigration, constant::kEventAuthenticationAttempt, 18, "redis-8.4",
       "valkey-9.0"},
      {constant::kEventClusterSlotMigrationTrim, constant::kEventAtomicSlotMigration, 19,
       "redis-8.4", "valkey-9.0"},
      {constant::kEventClusterTopologyChange, constant::kEventCommandResultSuccess, 20,
       "redis-8.10", "valkey-9.1"},
      {constant::kCtxFlagsDebugEnabled, constant::kCtxFlagsSlotImportClient, 1 << 25, "redis-8.0",
       "valkey-9.0"},
      {constant::kCtxFlagsTrimInProgress, constant::kCtxFlagsSlotExportClient, 1 << 26, "redis-8.6",
       "valkey-9.0"},
      {constant::kConfigUnprefixed, constant::kConfigUnsigned, 1 << 9, "redis-8.0", "valkey-9.1"},
  };
  for (const Row& row : kRows) {
    for (const Profile& profile : AllProfiles()) {
      const bool has_redis =
          !IsValkey(profile) && profile.version >= Named(row.first_redis).version;
      const bool has_valkey =
          IsValkey(profile) && profile.version >= Named(row.first_valkey).version;
      EXPECT_EQ(FlagIn(row.redis, profile), has_redis ? row.value : 0)
          << row.redis.name << profile.name;
      EXPECT_EQ(FlagIn(row.valkey, profile), has_valkey ? row.value : 0)
          << row.valkey.name << profile.name;
    }
  }
}

TEST(Constants, MasksGrowFromReleaseToRelease) {
  EXPECT_EQ(In("redis-5.0", constant::kCtxFlagsNext), std::nullopt);
  EXPECT_EQ(In("redis-6.0", constant::kCtxFlagsNext), 1 << 21);
  EXPECT_EQ(In("redis-7.0", constant::kCtxFlagsNext), 1 << 24);
  EXPECT_EQ(In("redis-8.10", constant::kCtxFlagsNext), 1 << 27);
  EXPECT_EQ(In("valkey-8.1", constant::kCtxFlagsNext), 1 << 25);
  EXPECT_EQ(In("valkey-9.0", constant::kCtxFlagsNext), 1 << 27);
  EXPECT_EQ(In("redis-7.0", constant::kNotifyNext), 1 << 15);
  EXPECT_EQ(In("valkey-9.1", constant::kNotifyNext), 1 << 15);
  EXPECT_EQ(In("redis-7.2", constant::kOptionsFlagsNext), 1 << 4);
  EXPECT_EQ(In("valkey-8.1", constant::kOptionsFlagsNext), 1 << 5);
  EXPECT_EQ(In("redis-5.0", constant::kTypeMethodVersion), 2);
  EXPECT_EQ(In("redis-7.0", constant::kTypeMethodVersion), 4);
  EXPECT_EQ(In("valkey-8.1", constant::kScriptingEngineAbiVersion), 3);
  EXPECT_EQ(In("valkey-9.1", constant::kScriptingEngineAbiVersion), 4);
}

TEST(Constants, OfReleaseCandidatesOrUnknownReleasesAreInNoProfile) {
  for (const Profile& profile : AllProfiles()) {
    EXPECT_EQ(ValueIn(constant::kSubeventForkChildPre, profile), std::nullopt);
    EXPECT_EQ(ValueIn(constant::kNodePortTls, profile), std::nullopt);
    EXPECT_EQ(ValueIn(constant::kKeyPermissionRead, profile), std::nullopt);
  }
}

// Traps: what one would guess wrongly.
TEST(Constants, AreWhatTheServersHaveAndNotWhatOneWouldGuess) {
  static_assert(REDISMODULE_META_ALLOW_IGNORE == 0);  // a bit number, and no mask
  static_assert(REDISMODULE_YIELD_FLAG_NONE == 1);
  static_assert(REDISMODULE_CLUSTER_FLAG_NO_FAILOVER == 1 << 1);
  static_assert(REDISMODULE_POSTPONED_LEN == -1 && REDISMODULE_POSTPONED_ARRAY_LEN == -1);
  static_assert((REDISMODULE_NOTIFY_ALL & (REDISMODULE_NOTIFY_KEY_MISS | REDISMODULE_NOTIFY_LOADED |
                                           REDISMODULE_NOTIFY_NEW)) == 0);
  static_assert(sizeof(RedisModuleSlotRange) == 4 && sizeof(ValkeyModuleSlotRange) == 8);
}

std::optional<Version> Parse(const nlohmann::json& since, const char* server) {
  Version version;
  char end = 0;
  if (!since.contains(server)) return std::nullopt;
  const auto text = since[server].get<std::string>();
  if (std::sscanf(text.c_str(), "%d.%d.%d%c", &version.major, &version.minor, &version.patch,
                  &end) != 3)
    return std::nullopt;
  return version;
}

// The data read once more, by other code than the generator's.
TEST(Constants, EachProfileHasExactlyThoseThatTheDataGivesIt) {
  const auto data = nlohmann::json::parse(std::ifstream(ABI_DATA "/constants.json"));
  std::map<std::string_view, const Constant*> table;
  for (const Constant* constant : AllConstants()) table[constant->name] = constant;
  size_t numbers = 0;
  for (const auto& row : data["constants"]) {
    if (!row["value"].is_number_integer()) continue;
    ++numbers;
    const Constant* constant = table[row["name"].get_ref<const std::string&>()];
    ASSERT_NE(constant, nullptr) << row["name"];
    for (const Profile& profile : AllProfiles()) {
      const char* server = IsValkey(profile) ? "valkey" : "redis";
      const auto since = Parse(row["since"], server);
      const auto until = Parse(row.value("until", nlohmann::json::object()), "redis");
      const bool gone = !IsValkey(profile) && until && profile.version >= *until;
      const bool has = since && profile.version >= *since && !gone;
      EXPECT_EQ(ValueIn(*constant, profile).has_value(), has) << row["name"] << profile.name;
    }
  }
  EXPECT_EQ(table.size(), numbers);
}

}  // namespace
}  // namespace modcert::abi
