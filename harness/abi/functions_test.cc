#include "abi/functions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace modcert::abi {
namespace {

size_t CountIn(ServerKind kind, const Version& version) {
  return static_cast<size_t>(std::ranges::count_if(AllFunctions(), [&](const Function& function) {
    return AvailableIn(function, kind, version);
  }));
}

TEST(Functions, CountPerReleaseIsThatOfTheRealServers) {
  constexpr ServerKind kRedis = ServerKind::kRedis, kValkey = ServerKind::kValkey;
  struct Row {
    ServerKind kind;
    Version version;
    size_t count;
  };
  constexpr Row kRows[] = {
      {kRedis, {4, 0, 0}, 108},  {kRedis, {4, 0, 14}, 112}, {kRedis, {5, 0, 0}, 150},
      {kRedis, {5, 0, 14}, 161}, {kRedis, {6, 0, 0}, 228},  {kRedis, {6, 0, 20}, 237},
      {kRedis, {6, 2, 0}, 258},  {kRedis, {6, 2, 14}, 262}, {kRedis, {7, 0, 0}, 322},
      {kRedis, {7, 0, 15}, 332}, {kRedis, {7, 2, 6}, 352},  {kRedis, {7, 4, 1}, 357},
      {kRedis, {8, 0, 0}, 366},  {kRedis, {8, 2, 0}, 379},  {kRedis, {8, 4, 0}, 384},
      {kRedis, {8, 4, 1}, 386},  {kRedis, {8, 6, 0}, 390},  {kRedis, {8, 8, 0}, 395},
      {kRedis, {8, 10, 0}, 397}, {kValkey, {7, 2, 5}, 352}, {kValkey, {8, 0, 0}, 358},
      {kValkey, {8, 1, 0}, 363}, {kValkey, {9, 0, 0}, 363}, {kValkey, {9, 1, 0}, 375},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(CountIn(row.kind, row.version), row.count) << row.version.ToString();
}

std::optional<Version> Parse(const std::string& text) {
  Version version;
  char end = 0;
  const int count =
      std::sscanf(text.c_str(), "%d.%d.%d%c", &version.major, &version.minor, &version.patch, &end);
  return count == 3 ? std::optional(version) : std::nullopt;
}

// Whether the data gives a function to a server: read once more, by other code than the
// generator's.
bool DataGives(const nlohmann::json& function, const Profile& profile) {
  const char* server = IsValkey(profile) ? "valkey" : "redis";
  const nlohmann::json& since = function["since"];
  if (!since.contains(server)) return false;
  const std::optional<Version> first = Parse(since[server].get<std::string>());
  if (!first || profile.version < *first) return false;
  const nlohmann::json lacking =
      function.value("missing_in", nlohmann::json::object()).value(server, nlohmann::json::array());
  return std::ranges::none_of(lacking, [&](const nlohmann::json& version) {
    return Parse(version.get<std::string>()) == profile.version;
  });
}

TEST(Functions, EachProfileHasExactlyThoseThatTheDataGivesIt) {
  const auto data = nlohmann::json::parse(std::ifstream(ABI_DATA "/functions.json"));
  ASSERT_EQ(data["functions"].size(), AllFunctions().size());
  for (const auto& row : data["functions"]) {
    const Function* function = Find(row["name"].get<std::string>());
    ASSERT_NE(function, nullptr) << row["name"];
    for (const Profile& profile : AllProfiles())
      EXPECT_EQ(AvailableIn(*function, profile), DataGives(row, profile))
          << row["name"] << profile.name;
  }
}

TEST(Functions, AreSortedAndEachIsFoundByItsName) {
  EXPECT_EQ(AllFunctions().size(), 420u);
  EXPECT_TRUE(std::ranges::is_sorted(AllFunctions(), {}, &Function::name));
  for (const Function& function : AllFunctions()) EXPECT_EQ(Find(function.name), &function);
}

TEST(Functions, FactsOfOneFunction) {
  const Function* function = Find("DeleteKey");
  ASSERT_NE(function, nullptr);
  EXPECT_EQ(function->signature, "int RedisModule_DeleteKey(RedisModuleKey *key)");
  EXPECT_EQ(function->section, "DB and Key APIs -- Generic API");
  EXPECT_EQ(function->redis, (Version{4, 0, 0}));
  EXPECT_EQ(function->valkey, (Version{7, 2, 5}));
  EXPECT_FALSE(function->variadic);
  EXPECT_EQ(&AllFunctions()[IndexOf(*function)], function);
}

TEST(Functions, UnknownNamesAreNotFound) {
  EXPECT_EQ(Find(""), nullptr);
  EXPECT_EQ(Find("deletekey"), nullptr);
  EXPECT_EQ(Find("RedisModule_DeleteKey"), nullptr);
  EXPECT_EQ(Find("GetApi"), nullptr);
}

TEST(Functions, NamesOfReleaseCandidatesAreInNoRelease) {
  const Function* function = Find("AddCommandKeySpec");
  ASSERT_NE(function, nullptr);
  for (const Profile& profile : AllProfiles()) EXPECT_FALSE(AvailableIn(*function, profile));
}

TEST(Functions, ABackportIsMissingInTheReleasesBeforeIt) {
  const Function& function = *Find("GetAbsExpire");
  EXPECT_FALSE(AvailableIn(function, ServerKind::kRedis, {6, 2, 7}));
  EXPECT_TRUE(AvailableIn(function, ServerKind::kRedis, {6, 2, 8}));
  EXPECT_FALSE(AvailableIn(function, ServerKind::kRedis, {7, 0, 4}));
  EXPECT_TRUE(AvailableIn(function, ServerKind::kRedis, {7, 0, 5}));
}

TEST(Functions, PrefixesDependOnTheServer) {
  EXPECT_EQ(WithoutPrefix("RedisModule_Alloc", ServerKind::kRedis), "Alloc");
  EXPECT_EQ(WithoutPrefix("RedisModule_Alloc", ServerKind::kValkey), "Alloc");
  EXPECT_EQ(WithoutPrefix("ValkeyModule_Alloc", ServerKind::kValkey), "Alloc");
  EXPECT_EQ(WithoutPrefix("ValkeyModule_Alloc", ServerKind::kRedis), "");
  EXPECT_EQ(WithoutPrefix("Alloc", ServerKind::kRedis), "");
}

std::optional<Version> FirstRedis(std::vector<std::string_view> names) {
  return FirstServerWithAll(names, ServerKind::kRedis);
}

TEST(FirstServerWithAll, IsTheNewestFirstRelease) {
  EXPECT_EQ(FirstRedis({}), (Version{4, 0, 0}));
  EXPECT_EQ(FirstRedis({"Alloc", "GetServerVersion"}), (Version{6, 0, 9}));
}

TEST(FirstServerWithAll, StepsOverReleasesThatLackABackport) {
  EXPECT_EQ(FirstRedis({"GetAbsExpire"}), (Version{6, 2, 8}));
  EXPECT_EQ(FirstRedis({"GetAbsExpire", "SetCommandInfo"}), (Version{7, 0, 5}));
}

TEST(FirstServerWithAll, IsNoneForWhatTheServerNeverHad) {
  EXPECT_EQ(FirstRedis({"RegisterScriptingEngine"}), std::nullopt);
  EXPECT_EQ(FirstRedis({"NoSuchFunction"}), std::nullopt);
  EXPECT_EQ(FirstServerWithAll(std::vector<std::string_view>{"RegisterScriptingEngine"},
                               ServerKind::kValkey),
            (Version{8, 1, 0}));
}

}  // namespace
}  // namespace modcert::abi
