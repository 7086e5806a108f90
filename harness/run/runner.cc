#include "run/runner.h"

#include <fmt/format.h>

#include "report/json.h"
#include "run/compare.h"
#include "run/reproduce.h"
#include "run/workers.h"

namespace modcert::run {
namespace {

using report::ScenarioResult;

// Carries out one pick; made once in each process that runs any.
using RunOne = std::function<ScenarioResult(const Pick&)>;
using MakeRunOne = std::function<RunOne()>;

void InJobs(const std::vector<Pick>& picks, const RunOptions& options, const MakeRunOne& make,
            std::vector<ScenarioResult>& results) {
  const auto make_work = [&] {
    return [&picks, run_one = make()](int index) {
      return report::JsonOfScenario(run_one(picks[static_cast<size_t>(index)]));
    };
  };
  const auto on_result = [&](int index, const Result<std::string>& payload) {
    auto read = payload ? report::ScenarioFromJson(*payload)
                        : Result<ScenarioResult>(tl::unexpected(payload.error()));
    const auto at = static_cast<size_t>(index);
    results[at] = read ? *std::move(read) : ErrorResult(picks[at], read.error());
    options.on_result(results[at]);
  };
  const auto done =
      RunInWorkers(static_cast<int>(picks.size()), options.jobs, make_work, on_result);
  if (done) return;
  for (size_t i = 0; i < picks.size(); ++i) {
    if (results[i].name.empty()) results[i] = ErrorResult(picks[i], done.error());
  }
}

report::RunResult RunAll(const std::vector<Pick>& picks, const RunOptions& options,
                         std::string target, const MakeRunOne& make) {
  report::RunResult run;
  run.target = std::move(target);
  run.scenarios.resize(picks.size());
  if (options.jobs > 1) {
    InJobs(picks, options, make, run.scenarios);
  } else {
    const RunOne run_one = make();
    for (size_t i = 0; i < picks.size(); ++i) {
      run.scenarios[i] = run_one(picks[i]);
      options.on_result(run.scenarios[i]);
    }
  }
  for (const ScenarioResult& scenario : run.scenarios) {
    if (run.profile.empty()) run.profile = scenario.profile;
  }
  return run;
}

void Complete(ScenarioResult& result, std::string reproduce) {
  result.reproduce = std::move(reproduce);
  for (validate::Finding& finding : result.findings) finding.reproduce = result.reproduce;
}

}  // namespace

report::RunResult RunPicks(const std::vector<Pick>& picks, const RunOptions& options) {
  return RunAll(picks, options, options.side.target_text, [&] {
    auto runner = std::make_shared<ScenarioRunner>(options.side);
    return [&options, runner](const Pick& pick) {
      ScenarioResult result = runner->Run(pick);
      Complete(result, ReproduceCommand(result, options));
      return result;
    };
  });
}

report::RunResult DiffPicks(const std::vector<Pick>& picks, const RunOptions& options,
                            const Side& against) {
  const std::string names = options.side.target_text + " and " + against.target_text;
  return RunAll(picks, options, names, [&] {
    auto left = std::make_shared<ScenarioRunner>(options.side);
    auto right = std::make_shared<ScenarioRunner>(against);
    return [&, left, right](const Pick& pick) {
      Recorded ours{.name = options.side.target_text, .result = {}, .records = {}};
      Recorded theirs{.name = against.target_text, .result = {}, .records = {}};
      ours.result = left->Run(pick, &ours.records);
      theirs.result = right->Run(pick, &theirs.records);
      ScenarioResult result = Compare(pick, ours, theirs);
      Complete(result, ReproduceDiffCommand(result, options, against.target_text));
      return result;
    };
  });
}

}  // namespace modcert::run
