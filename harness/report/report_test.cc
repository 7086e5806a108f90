// Golden files: each writer gives the same bytes for the same result. After a wanted change, run
// the test with MODCERT_UPDATE_GOLDEN=1 and read the difference.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "report/html.h"
#include "report/json.h"
#include "report/junit.h"
#include "report/tap.h"
#include "report/text.h"

namespace modcert::report {
namespace {

const std::string kFolder = std::string(MODCERT_SOURCE_DIR) + "/harness/report/testdata/";

ScenarioResult Scenario(const std::string& suite, const std::string& name, Verdict verdict) {
  ScenarioResult scenario;
  scenario.file = "specs/" + suite + ".json";
  scenario.suite = suite;
  scenario.name = name;
  scenario.place = scenario.file + ":3:5";
  scenario.profile = "redis-7.0";
  scenario.verdict = verdict;
  scenario.steps_run = 2;
  scenario.duration_us = 1500;
  scenario.reproduce = "modcert run " + scenario.file + " --filter '^" + name + "$'";
  return scenario;
}

// One of everything.
RunResult Sample() {
  RunResult run{.target = "inprocess", .profile = "redis-7.0", .scenarios = {}};
  run.scenarios.push_back(Scenario("a", "passes", Verdict::kPassed));
  ScenarioResult most = Scenario("a", "passes but for two steps", Verdict::kPassed);
  most.steps_left_out.push_back({.step = 2,
                                 .place = "specs/a.json:9:6",
                                 .action = "send GET k",
                                 .reason = "only on redis: <none> here"});
  most.steps_left_out.push_back({.step = 3,
                                 .place = "specs/a.json:10:6",
                                 .action = "oracles rdb",
                                 .reason = "this target has no oracles"});
  run.scenarios.push_back(most);
  ScenarioResult failed = Scenario("a", "fails # <here>", Verdict::kFailed);
  failed.contracts = {"key.x"};
  failed.failures.push_back({.step = 1,
                             .place = "specs/a.json:4:6",
                             .action = "send GET k",
                             .message = "expected \"v\", got (nil)"});
  validate::Finding finding;
  finding.contract = "run.crash";
  finding.message = "killed by SIGSEGV";
  finding.suite = "a";
  finding.scenario = failed.name;
  finding.step = 1;
  finding.stack = {"Crash at module.c:7", "main"};
  finding.last_calls = {"OpenKey(k) = 0x1"};
  finding.reproduce = failed.reproduce;
  failed.findings.push_back(finding);
  failed.output = {"control \x01 bytes & <tags>"};
  run.scenarios.push_back(failed);
  ScenarioResult error = Scenario("b", "has no world", Verdict::kError);
  error.reason = "/m.so: cannot be loaded";
  run.scenarios.push_back(error);
  ScenarioResult skipped = Scenario("b", "is for another target", Verdict::kSkipped);
  skipped.reason = "only on redis: no threads here";
  run.scenarios.push_back(skipped);
  return run;
}

void ExpectGolden(const std::string& name, const std::string& text) {
  if (std::getenv("MODCERT_UPDATE_GOLDEN") != nullptr) std::ofstream(kFolder + name) << text;
  std::ifstream in(kFolder + name);
  std::ostringstream golden;
  golden << in.rdbuf();
  EXPECT_EQ(text, golden.str()) << name;
}

TEST(Report, WritesWhatTheGoldenFilesSay) {
  ExpectGolden("sample.txt", Text(Sample(), Colour::kNo));
  ExpectGolden("sample.json", Json(Sample()));
  ExpectGolden("sample.junit.xml", JUnit(Sample()));
  ExpectGolden("sample.tap", Tap(Sample()));
  ExpectGolden("sample.html", Html(Sample()));
}

TEST(Report, JsonReadBackIsTheSame) {
  const auto run = RunFromJson(Json(Sample()));
  ASSERT_TRUE(run) << run.error().ToString();
  EXPECT_EQ(Json(*run), Json(Sample()));
}

TEST(Report, WhatIsNoResultIsRefused) {
  EXPECT_FALSE(RunFromJson("[]"));
  EXPECT_FALSE(RunFromJson("{\"target\": 1}"));
  EXPECT_FALSE(RunFromJson("{"));
}

TEST(Report, ColourChangesNoWords) {
  std::string coloured = Text(Sample(), Colour::kYes);
  for (size_t at = coloured.find('\033'); at != std::string::npos; at = coloured.find('\033')) {
    coloured.erase(at, coloured.find('m', at) - at + 1);
  }
  EXPECT_EQ(coloured, Text(Sample(), Colour::kNo));
}

}  // namespace
}  // namespace modcert::report
