// What came of a run, as plain data: filled by the runner (run/), printed by the writers beside it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "validate/finding.h"

namespace modcert::report {

enum class Verdict {
  kPassed,
  kFailed,   // an expectation was not met, or a finding was not expected
  kError,    // it could not be carried out: the world did not start, modcert gave up
  kSkipped,  // not for this target; `reason` says why
};

// An expectation that was not met.
struct StepFailure {
  int step = 0;         // index in the scenario
  std::string place;    // "specs/a.json:12:6"
  std::string action;   // "send GET k"
  std::string message;  // `expected "v", got (nil)`
};

// A step that was not carried out: it is for another target, or a check that this one has not.
struct StepLeftOut {
  int step = 0;        // index in the scenario
  std::string place;   // "specs/a.json:12:6"
  std::string action;  // "send GET k"
  std::string reason;  // "only on redis: the host has no threads"
};

struct ScenarioResult {
  std::string file;
  std::string suite;
  std::string name;
  std::string place;    // of the scenario in its file
  std::string profile;  // of the target it ran on
  std::vector<std::string> contracts;
  Verdict verdict = Verdict::kPassed;
  std::string reason;  // of kError and kSkipped
  std::vector<StepFailure> failures;
  std::vector<validate::Finding> findings;  // those that no step expected
  std::vector<std::string> output;          // what the module wrote, when something went wrong
  int steps_run = 0;
  std::vector<StepLeftOut> steps_left_out;
  int round_trips = 0;  // how often values of a module's types were saved and loaded
  int64_t duration_us = 0;
  std::string reproduce;  // a command line
};

struct RunResult {
  std::string target;
  std::string profile;
  std::vector<ScenarioResult> scenarios;

  int Count(Verdict verdict) const;
  // Why steps were left out and how many for each reason, in the order of the reasons.
  std::map<std::string, int> LeftOutByReason() const;
  // Nothing failed and there was no error.
  bool conforms() const;
};

// "3 steps not run: only on redis: no threads here (2), no oracles here (1)", or nothing.
std::string TextOfLeftOut(const std::map<std::string, int>& by_reason);
// The same for one scenario.
std::string TextOfLeftOut(const ScenarioResult& scenario);

// "passed", "failed", "error", "skipped".
std::string_view VerdictName(Verdict verdict);

// The other way; what is no name of a verdict is an error.
Verdict VerdictFromName(std::string_view name);

}  // namespace modcert::report
