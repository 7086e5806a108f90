#include "spec/reader.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "spec/json_tree.h"

namespace modcert::spec {
namespace {

namespace fs = std::filesystem;

const fs::path kTestdata = fs::path(MODCERT_SOURCE_DIR) / "harness/spec/testdata";
const Definitions kDefinitions = {{"MODULES", "/m"}};

Result<SpecFile> ReadSteps(const std::string& steps) {
  return ReadSpec(R"({"suite": "s", "scenarios": [{"name": "n", "steps": [)" + steps + "]}]}",
                  "f.json", kDefinitions);
}

// What is wrong with each of these files stands beside it.
TEST(Reader, RejectsWrongFilesWithPlaceAndRemedy) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(kTestdata / "reject")) {
    if (entry.path().extension() != ".json") continue;
    const std::string path = entry.path();
    const auto file = ReadSpecFile(path, kDefinitions);
    const auto expected = ReadFile(fs::path(path).replace_extension(".error"));
    ASSERT_TRUE(expected) << path;
    ASSERT_FALSE(file) << path;
    EXPECT_EQ(file.error().ToString() + "\n", path + ":" + *expected);
    ++count;
  }
  EXPECT_GE(count, 20);
}

TEST(Reader, SplitsALineAndTakesAListAsItIs) {
  const auto file = ReadSteps(R"({"send": "SET 'a b' \"\\x00\""}, {"send": ["SET", 1.50, "${x"]})");
  EXPECT_FALSE(file);  // "${x" has no end
  const auto good =
      ReadSteps(R"({"send": "SET 'a b' \"\\x00\""}, {"send": ["SET", 1.50, "$${x"]})");
  ASSERT_TRUE(good) << good.error().ToString();
  const auto& steps = good->scenarios[0].steps;
  EXPECT_EQ(std::get<SendStep>(steps[0].action).argv,
            (std::vector<std::string>{"SET", "a b", std::string(1, '\0')}));
  EXPECT_EQ(std::get<SendStep>(steps[1].action).argv,
            (std::vector<std::string>{"SET", "1.50", "${x"}));
}

TEST(Reader, TurnsCapturesIntoReferences) {
  const auto file = ReadSteps(
      R"({"send": "A", "expect": [{"$capture": "x"}, {"$capture": "y"}]},
         {"send": ["B", "-${y}+${x}", "${MODULES}"]})");
  ASSERT_TRUE(file) << file.error().ToString();
  const auto& send = std::get<SendStep>(file->scenarios[0].steps[1].action);
  EXPECT_EQ(send.argv, (std::vector<std::string>{"B", "-+", "/m"}));
  ASSERT_EQ(send.references.size(), 2u);
  EXPECT_EQ(send.references[0].slot, 1);
  EXPECT_EQ(send.references[0].offset, 1u);
  EXPECT_EQ(send.references[1].slot, 0);
  EXPECT_EQ(send.references[1].offset, 2u);
}

TEST(Reader, NumbersClientsInTheOrderOfTheirNames) {
  const auto file = ReadSteps(
      R"({"send": "A"}, {"client": "b", "send": "A"}, {"client": "main", "send": "A"},
         {"disconnect": "b"})");
  ASSERT_TRUE(file) << file.error().ToString();
  const Scenario& scenario = file->scenarios[0];
  EXPECT_EQ(scenario.clients, (std::vector<std::string>{"main", "b"}));
  EXPECT_EQ(std::get<SendStep>(scenario.steps[1].action).client, 1);
  EXPECT_EQ(std::get<SendStep>(scenario.steps[2].action).client, 0);
  EXPECT_EQ(std::get<DisconnectStep>(scenario.steps[3].action).client, 1);
}

TEST(Reader, LoadingAModuleIsACommandThatAnswersOk) {
  const auto file = ReadSteps(R"({"load_module": {"path": "${MODULES}/a.so", "args": ["x", 1]}})");
  ASSERT_TRUE(file) << file.error().ToString();
  const auto& send = std::get<SendStep>(file->scenarios[0].steps[0].action);
  EXPECT_EQ(send.argv, (std::vector<std::string>{"MODULE", "LOAD", "/m/a.so", "x", "1"}));
  ASSERT_TRUE(send.expect);
  EXPECT_EQ(send.expect->kind, Matcher::Kind::kSimple);
}

TEST(Reader, ConfigAndContractsOfTheFileAreThoseOfEachScenario) {
  const auto file = ReadSpec(
      R"({"suite": "s", "config": {"hz": 20}, "contracts": ["a.b"], "scenarios": [
          {"name": "n", "config": {"hz": "30"}, "contracts": ["c.d"], "steps": []}]})",
      "f.json", {});
  ASSERT_TRUE(file) << file.error().ToString();
  using Config = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(file->scenarios[0].config, (Config{{"hz", "20"}, {"hz", "30"}}));
  EXPECT_EQ(file->scenarios[0].contracts, (std::vector<std::string>{"a.b", "c.d"}));
}

TEST(Reader, ServersWithSlotsAreNodesOfACluster) {
  const auto file = ReadSpec(R"({"suite": "x", "servers": {"a": {"slots": ["0-3", "7"]}, "b": {}},
      "scenarios": [{"name": "n", "steps": [{"send": "CLUSTER REPLICAS ${id.b}"}]}]})",
                             "x.json", {});
  ASSERT_TRUE(file) << file.error().ToString();
  const Scenario& scenario = file->scenarios[0];
  EXPECT_TRUE(scenario.is_cluster);
  using Ranges = std::vector<std::pair<int, int>>;
  EXPECT_EQ(scenario.servers[0].slots, (Ranges{{0, 3}, {7, 7}}));
  EXPECT_EQ(scenario.captures,
            (std::vector<std::string>{"port.a", "port.b", "id.a", "id.b", "bus.a", "bus.b"}));
}

TEST(Reader, RefusesSlotsThatAreNone) {
  for (const std::string slots : {"16384", "3-1", "x", "1-", "-1", "1-2-3"}) {
    const auto file = ReadSpec(R"({"suite": "x", "servers": {"a": {"slots": [")" + slots +
                                   R"("]}}, "scenarios": [{"name": "n", "steps": []}]})",
                               "x.json", {});
    EXPECT_FALSE(file) << slots;
  }
}

}  // namespace
}  // namespace modcert::spec
