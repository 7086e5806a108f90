#include "run/scenario_runner.h"

#include <gtest/gtest.h>

#include "run/runner.h"
#include "spec/reader.h"
#include "target/in_process.h"

namespace modcert::run {
namespace {

using report::Verdict;

const std::string kModules = MODCERT_BINARY_DIR "/modules/";

Side InProcessSide() {
  Side side;
  side.make_target = [] {
    return std::make_unique<target::InProcessTarget>(target::InProcessOptions{});
  };
  return side;
}

// Three scenarios that find out whether another one was there before them.
spec::SpecFile SpecFor(const std::string& module, const std::string& command) {
  std::string scenarios;
  for (const char* name : {"a", "b", "c"}) {
    scenarios += std::string(scenarios.empty() ? "" : ",") + R"({"name": ")" + name +
                 R"(", "steps": [{"send": "EXISTS k", "expect": 0}, {"send": "SET k v"},
                                 {"send": ")" +
                 command + R"("}]})";
  }
  const auto spec = spec::ReadSpec(R"({"suite": "s", "modules": [{"path": ")" + kModules + module +
                                       R"("}], "scenarios": [)" + scenarios + "]}",
                                   "f.json", {});
  EXPECT_TRUE(spec) << spec.error().ToString();
  return *spec;
}

TEST(ScenarioRunner, WorldsAreFreshThoughTheirModuleIsReady) {
  const std::vector<spec::SpecFile> files = {SpecFor("hello.so", "HELLO.WORLD")};
  const Side side = InProcessSide();
  ScenarioRunner runner(side, Prepares::kModules);
  const std::vector<Pick> picks = *Select(files, {});
  for (const Pick& pick : picks) {
    EXPECT_EQ(runner.Run(pick).verdict, Verdict::kPassed) << pick.scenario->name;
    EXPECT_TRUE(runner.CanRun(pick));
  }
}

TEST(ScenarioRunner, OtherModulesNeedAProcessOfTheirOwn) {
  const std::vector<spec::SpecFile> files = {SpecFor("hello.so", "HELLO.WORLD"),
                                             SpecFor("hash.so", "PING")};
  const Side side = InProcessSide();
  const std::vector<Pick> picks = *Select(files, {});
  ScenarioRunner careful(side);
  ScenarioRunner runner(side, Prepares::kModules);
  for (int i = 0; i < 3; ++i) {
    careful.Run(picks[static_cast<size_t>(i)]);
    runner.Run(picks[static_cast<size_t>(i)]);
  }
  EXPECT_TRUE(careful.CanRun(picks[3]));
  EXPECT_FALSE(runner.CanRun(picks[3]));
}

TEST(ScenarioRunner, WorkersRunFilesWithDifferentModules) {
  const std::vector<spec::SpecFile> files = {SpecFor("hello.so", "HELLO.WORLD"),
                                             SpecFor("hash.so", "PING"),
                                             SpecFor("hello.so", "HELLO.WORLD")};
  RunOptions options;
  options.side = InProcessSide();
  const auto run = RunPicks(*Select(files, {}), options);
  EXPECT_EQ(run.Count(Verdict::kPassed), 9);
}

TEST(ScenarioRunner, ACrashIsAFindingAndTheNextScenarioRuns) {
  const std::vector<spec::SpecFile> files = {SpecFor("misbehave.so", "MISBEHAVE.CRASH")};
  RunOptions options;
  options.side = InProcessSide();
  const auto run = RunPicks(*Select(files, {}), options);
  ASSERT_EQ(run.scenarios.size(), 3u);
  for (const report::ScenarioResult& scenario : run.scenarios) {
    ASSERT_EQ(scenario.findings.size(), 1u);
    EXPECT_EQ(scenario.findings[0].contract, "run.crash");
    EXPECT_FALSE(scenario.findings[0].stack.empty());
  }
}

}  // namespace
}  // namespace modcert::run
