// What came of a run, as plain data: filled by the runner (run/), printed by the writers beside it.
#pragma once

#include <cstdint>
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
  int steps_skipped = 0;  // for another target, or checks that this target has not
  int round_trips = 0;    // how often values of a module's types were saved and loaded
  int64_t duration_us = 0;
  std::string reproduce;  // a command line
};

struct RunResult {
  std::string target;
  std::string profile;
  std::vector<ScenarioResult> scenarios;

  int Count(Verdict verdict) const;
  // Nothing failed and there was no error.
  bool conforms() const;
};

// "passed", "failed", "error", "skipped".
std::string_view VerdictName(Verdict verdict);

// The other way; what is no name of a verdict is an error.
Verdict VerdictFromName(std::string_view name);

}  // namespace modcert::report
