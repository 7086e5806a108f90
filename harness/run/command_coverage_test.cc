// Each command and subcommand of the host has a scenario in specs/commands that sends it.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

#include "engine/command.h"
#include "spec/reader.h"
#include "spec/spec.h"

namespace modcert::run {
namespace {

namespace fs = std::filesystem;

using engine::Command;
using engine::CommandTable;

// Only what runs on the host counts.
void AddSent(const spec::SpecFile& file, const CommandTable& table, std::set<std::string>& sent) {
  for (const spec::Scenario& scenario : file.scenarios) {
    if (scenario.only == spec::Only::kRedis) continue;
    for (const spec::Step& step : scenario.steps) {
      const auto* send = std::get_if<spec::SendStep>(&step.action);
      if (send == nullptr || step.only == spec::Only::kRedis) continue;
      if (const Command* command = table.Find(send->argv)) sent.insert(command->name);
    }
  }
}

std::set<std::string> SentBySpecs(const CommandTable& table) {
  std::set<std::string> sent;
  const spec::Definitions definitions = {{"MODULES", "modules"}};  // nothing is loaded
  const fs::path folder = fs::path(MODCERT_SOURCE_DIR) / "specs/commands";
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    const auto file = spec::ReadSpecFile(entry.path(), definitions);
    EXPECT_TRUE(file) << file.error().ToString();
    if (file) AddSent(*file, table, sent);
  }
  return sent;
}

std::set<std::string> NamesOf(const CommandTable& table) {
  std::set<std::string> names;
  for (const Command* command : table.All()) {
    names.insert(command->name);
    for (const auto& subcommand : command->subcommands) names.insert(subcommand->name);
  }
  return names;
}

TEST(CommandCoverage, EveryCommandIsSentByAScenario) {
  const CommandTable table;
  const std::set<std::string> sent = SentBySpecs(table);
  const std::set<std::string> names = NamesOf(table);
  ASSERT_GT(names.size(), 200U);  // the table is not empty by accident
  for (const std::string& name : names) {
    // Of a command that is nothing but its subcommands, those count.
    const bool is_container = names.lower_bound(name + "|") != names.end() &&
                              names.lower_bound(name + "|")->starts_with(name + "|");
    if (is_container) continue;
    EXPECT_TRUE(sent.contains(name)) << name << ": no scenario in specs/commands sends it";
  }
}

// The subcommand is what counts, not the container, and a step for the real server alone does not.
TEST(CommandCoverage, WhatOnlyTheRealServerRunsDoesNotCount) {
  const CommandTable table;
  const auto file = spec::ReadSpec(R"({"suite": "x", "scenarios": [{"name": "n", "steps": [
      {"send": "CONFIG GET maxmemory"},
      {"send": "GET k", "only": "redis", "reason": "a test"}]}]})",
                                   "x.json", {});
  ASSERT_TRUE(file) << file.error().ToString();
  std::set<std::string> sent;
  AddSent(*file, table, sent);
  EXPECT_EQ(sent, std::set<std::string>({"config|get"}));
}

}  // namespace
}  // namespace modcert::run
