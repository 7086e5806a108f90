// Carries out one scenario on one target, step by step, and notes what was not as expected.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "report/result.h"
#include "spec/spec.h"
#include "target/target.h"

namespace modcert::run {

// What a step was answered, for comparing two targets and for recording.
struct StepRecord {
  int step = 0;
  target::Outcome::Kind kind = target::Outcome::Kind::kNothing;
  std::string raw;                          // kReply
  std::vector<target::Command> propagated;  // of an expect_propagated step
};

// Who looks on while a scenario runs; each may be missing.
struct Observers {
  std::vector<StepRecord>* records = nullptr;  // gets one entry for each step that was answered
  std::atomic<int>* step = nullptr;            // the step under way, for who survives a crash
  // Values of module types that the last step leaves are saved and loaded, where no step does it.
  bool checks_what_is_left = false;
};

// Runs the scenario in a fresh world. All steps are carried out even after one has failed, unless
// the server is gone. `records`, when given, gets one entry for each step that was answered.
// Nothing is thrown and nothing ends the process; a crash of the module is the isolation's
// business.
report::ScenarioResult RunScenario(const spec::SpecFile& file, const spec::Scenario& scenario,
                                   target::Target& target, const Observers& observers = {});

// The world that the scenario starts from.
target::World WorldOf(const spec::SpecFile& file, const spec::Scenario& scenario);

// The result of a scenario before it has run: its names and places.
report::ScenarioResult BlankResult(const spec::SpecFile& file, const spec::Scenario& scenario);

// Why the scenario does not run on this target; empty when it does.
std::string ReasonToSkip(const spec::SpecFile& file, const spec::Scenario& scenario,
                         const target::Target& target);

// A step in a few words: `send GET k`.
std::string DescribeStep(const spec::Scenario& scenario, const spec::Step& step);

}  // namespace modcert::run
