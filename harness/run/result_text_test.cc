#include "run/result_text.h"

#include <gtest/gtest.h>

#include "report/json.h"
#include "run/scenario_run.h"
#include "spec/reader.h"

namespace modcert::run {
namespace {

class ResultText : public testing::Test {
 protected:
  ResultText()
      : file_(*spec::ReadSpec(R"({"suite": "s", "scenarios": [{"name": "n", "contracts": ["a.b"],
                                  "steps": [{"send": "PING"}]}]})",
                              "f.json", {})) {}

  Pick pick() const { return {.file = &file_, .scenario = &file_.scenarios[0]}; }
  report::ScenarioResult Passed() const {
    report::ScenarioResult result = BlankResult(file_, file_.scenarios[0]);
    result.profile = "redis-7.0";
    result.steps_run = 3;
    result.round_trips = 2;
    result.duration_us = 1234567890123;
    return result;
  }
  void ExpectToComeBack(const report::ScenarioResult& result) const {
    const auto back = DecodeResult(pick(), EncodeResult(result));
    ASSERT_TRUE(back) << back.error().ToString();
    EXPECT_EQ(report::JsonOfScenario(*back), report::JsonOfScenario(result));
  }

  spec::SpecFile file_;
};

TEST_F(ResultText, OneThatPassedIsALineAndComesBackWhole) {
  EXPECT_LT(EncodeResult(Passed()).size(), 60u);
  ExpectToComeBack(Passed());
}

TEST_F(ResultText, OthersComeBackWhole) {
  report::ScenarioResult result = Passed();
  result.steps_left_out.push_back(
      {.step = 2, .place = "f.json:1:3", .action = "send", .reason = "only on redis: why"});
  ExpectToComeBack(result);
  result.reason = "why";
  ExpectToComeBack(result);
  result.verdict = report::Verdict::kFailed;
  result.failures.push_back({.step = 1, .place = "f.json:1:2", .action = "send", .message = "m"});
  ExpectToComeBack(result);
}

TEST_F(ResultText, WhatIsNeitherIsAnError) {
  for (const char* text : {"", "passed", "passed ", "passed 1 2", "passed a b c d e"})
    EXPECT_FALSE(DecodeResult(pick(), text)) << text;
}

}  // namespace
}  // namespace modcert::run
