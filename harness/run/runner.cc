#include "run/runner.h"

#include "run/reproduce.h"
#include "run/scenario_run.h"

namespace modcert::run {
namespace {

// What every result gets, wherever it ran.
void Complete(ScenarioResult& result, const RunOptions& options) {
  result.reproduce = ReproduceCommand(result, options);
  for (validate::Finding& finding : result.findings) finding.reproduce = result.reproduce;
}

}  // namespace

RunResult RunPicks(const std::vector<Pick>& picks, const RunOptions& options) {
  RunResult run;
  auto target = options.make_target();
  run.target = target->name();
  for (const Pick& pick : picks) {
    run.scenarios.push_back(RunScenario(*pick.file, *pick.scenario, *target));
    Complete(run.scenarios.back(), options);
    options.on_result(run.scenarios.back());
  }
  run.profile = target->profile();
  return run;
}

}  // namespace modcert::run
