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

// ---- a start that is done once, for many children ----

// Enough scenarios for their start to be done ahead, if ever.
constexpr int kMany = 8;

spec::SpecFile BirthplaceSpec(const std::string& arguments, const std::string& config = "") {
  std::string scenarios;
  for (int i = 0; i < kMany; ++i) {
    scenarios += std::string(scenarios.empty() ? "" : ",") + R"({"name": ")" + std::to_string(i) +
                 "\"" + config + R"(, "steps": [{"send": "BIRTHPLACE.HERE"},
                    {"send": "BIRTHPLACE.COUNT"}, {"send": "BIRTHPLACE.COUNT"},
                    {"send": "SET k v NX"}, {"send": "CONFIG GET hz"}]})";
  }
  const auto spec = spec::ReadSpec(R"({"suite": "s", "modules": [{"path": ")" + kModules +
                                       R"(birthplace.so", "args": [)" + arguments +
                                       R"(]}], "scenarios": [)" + scenarios + "]}",
                                   "f.json", {});
  EXPECT_TRUE(spec) << spec.error().ToString();
  return *spec;
}

// What each scenario was answered, in one line.
std::vector<std::string> AnswersTo(ScenarioRunner& runner,
                                   const std::vector<spec::SpecFile>& files) {
  std::vector<std::string> answers;
  const std::vector<Pick> picks = *Select(files, {});
  for (const Pick& pick : picks) {
    std::vector<StepRecord> records;
    const report::ScenarioResult result = runner.Run(pick, &records);
    EXPECT_EQ(result.verdict, Verdict::kPassed) << result.reason;
    std::string& answer = answers.emplace_back();
    for (const StepRecord& record : records) answer += record.raw;
  }
  return answers;
}

const std::string kHere = ":1\r\n";
const std::string kElsewhere = ":0\r\n";
const std::string kFresh = ":1\r\n:2\r\n+OK\r\n*2\r\n$2\r\nhz\r\n";
const std::string kHz10 = "$2\r\n10\r\n";

TEST(ScenarioRunner, AModuleIsLoadedOnceForManyWorldsThatAreFresh) {
  const Side side = InProcessSide();
  ScenarioRunner runner(side, Prepares::kModules);
  const auto answers = AnswersTo(runner, {BirthplaceSpec("")});
  EXPECT_EQ(answers.front(), kHere + kFresh + kHz10);
  EXPECT_EQ(answers.back(), kElsewhere + kFresh + kHz10);
}

TEST(ScenarioRunner, AModuleThatLeavesSomethingBehindIsLoadedInEachProcess) {
  const Side side = InProcessSide();
  for (const char* leaves : {"thread", "file", "print", "signal", "fork"}) {
    ScenarioRunner runner(side, Prepares::kModules);
    const auto answers = AnswersTo(runner, {BirthplaceSpec('"' + std::string(leaves) + '"')});
    EXPECT_EQ(answers, std::vector<std::string>(kMany, kHere + kFresh + kHz10)) << leaves;
  }
}

TEST(ScenarioRunner, NothingForeignIsLoadedWhereOnlyAHostIsPrepared) {
  const Side side = InProcessSide();
  ScenarioRunner runner(side);
  const auto answers = AnswersTo(runner, {BirthplaceSpec("")});
  EXPECT_EQ(answers, std::vector<std::string>(kMany, kHere + kFresh + kHz10));
}

TEST(ScenarioRunner, AnotherStartNeedsAnotherProcess) {
  const std::vector<spec::SpecFile> files = {BirthplaceSpec(""),
                                             BirthplaceSpec("", R"(, "config": {"hz": "20"})"),
                                             BirthplaceSpec(R"("x")")};
  const Side side = InProcessSide();
  ScenarioRunner runner(side, Prepares::kModules);
  AnswersTo(runner, {files[0]});
  const std::vector<Pick> picks = *Select(files, {});
  EXPECT_TRUE(runner.CanRun(picks[0]));
  EXPECT_FALSE(runner.CanRun(picks[kMany]));
  EXPECT_FALSE(runner.CanRun(picks[2 * kMany]));
  RunOptions options;
  options.side = side;
  EXPECT_EQ(RunPicks(picks, options).Count(Verdict::kPassed), 3 * kMany);
}

TEST(ScenarioRunner, AStartAheadHasTheConfigOfItsScenarios) {
  const Side side = InProcessSide();
  ScenarioRunner runner(side, Prepares::kModules);
  const auto answers = AnswersTo(runner, {BirthplaceSpec("", R"(, "config": {"hz": "20"})")});
  EXPECT_EQ(answers.back(), kElsewhere + kFresh + "$2\r\n20\r\n");
}

TEST(ScenarioRunner, AModuleThatDoesNotLoadIsAnErrorOfEachScenario) {
  const std::vector<spec::SpecFile> files = {SpecFor("bad_onload.so", "PING"),
                                             SpecFor("bad_onload.so", "PING")};
  const Side side = InProcessSide();
  ScenarioRunner careful(side);
  ScenarioRunner runner(side, Prepares::kModules);
  const std::vector<Pick> picks = *Select(files, {});
  for (const Pick& pick : picks) {
    const report::ScenarioResult expected = careful.Run(pick);
    const report::ScenarioResult result = runner.Run(pick);
    EXPECT_EQ(result.verdict, Verdict::kError);
    EXPECT_EQ(result.reason, expected.reason);
  }
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
