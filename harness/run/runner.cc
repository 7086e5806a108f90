#include "run/runner.h"

#include <fmt/format.h>

#include <optional>

#include "run/compare.h"
#include "run/fork_pages.h"
#include "run/reproduce.h"
#include "run/result_text.h"
#include "run/workers.h"

namespace modcert::run {
namespace {

using report::ScenarioResult;

// Carries out one pick; made once in each process that runs any. Nothing: a new process has to.
using RunOne = std::function<std::optional<ScenarioResult>(const Pick&)>;
using MakeRunOne = std::function<RunOne(Prepares)>;
using ReproduceText = std::function<std::string(const ScenarioResult&)>;

// What is the same in both ways to run: all picks in this process, or in workers.
struct Plan {
  const std::vector<Pick>& picks;
  const RunOptions& options;
  MakeRunOne make;
  ReproduceText reproduce;

  void Take(size_t index, ScenarioResult result, std::vector<ScenarioResult>& results) const {
    result.reproduce = reproduce(result);
    for (validate::Finding& finding : result.findings) finding.reproduce = result.reproduce;
    results[index] = std::move(result);
    options.on_result(results[index]);
  }
};

void InWorkers(const Plan& plan, std::vector<ScenarioResult>& results) {
  const auto make_work = [&](WorkerStart start) -> Work {
    const bool careful = start == WorkerStart::kAfterLoss;
    return [&plan, run_one = plan.make(careful ? Prepares::kHostOnly : Prepares::kModules)](
               int index) -> std::optional<std::string> {
      const Pick& pick = plan.picks[static_cast<size_t>(index)];
      const std::optional<ScenarioResult> result = run_one(pick);
      if (!result) return std::nullopt;
      return EncodeResult(*result);
    };
  };
  const auto on_result = [&](int index, const Result<std::string>& payload) {
    const Pick& pick = plan.picks[static_cast<size_t>(index)];
    auto read = payload ? DecodeResult(pick, *payload)
                        : Result<ScenarioResult>(tl::unexpected(payload.error()));
    plan.Take(static_cast<size_t>(index), read ? *std::move(read) : ErrorResult(pick, read.error()),
              results);
  };
  // It takes as long as some scenarios.
  constexpr size_t kMany = 100;
  if (plan.picks.size() >= kMany) MoveCodeToLargePages();
  const int count = static_cast<int>(plan.picks.size());
  const auto done = RunInWorkers(count, plan.options.jobs, make_work, on_result);
  if (done) return;
  for (size_t i = 0; i < results.size(); ++i) {
    if (results[i].name.empty()) results[i] = ErrorResult(plan.picks[i], done.error());
  }
}

report::RunResult RunAll(const Plan& plan, std::string target) {
  report::RunResult run;
  run.target = std::move(target);
  run.scenarios.resize(plan.picks.size());
  // A worker may prepare worlds, and modules with them, for the processes that it forks.
  if (plan.options.jobs > 1 || plan.options.side.isolate == Isolate::kFork) {
    InWorkers(plan, run.scenarios);
  } else {
    const RunOne run_one = plan.make(Prepares::kHostOnly);
    for (size_t i = 0; i < plan.picks.size(); ++i) {
      plan.Take(i, *run_one(plan.picks[i]), run.scenarios);
    }
  }
  for (const ScenarioResult& scenario : run.scenarios) {
    if (run.profile.empty()) run.profile = scenario.profile;
  }
  return run;
}

}  // namespace

report::RunResult RunPicks(const std::vector<Pick>& picks, const RunOptions& options) {
  const auto make = [&](Prepares prepares) -> RunOne {
    auto runner = std::make_shared<ScenarioRunner>(options.side, prepares);
    return [runner](const Pick& pick) -> std::optional<ScenarioResult> {
      if (!runner->CanRun(pick)) return std::nullopt;
      return runner->Run(pick);
    };
  };
  const auto reproduce = [&](const ScenarioResult& result) {
    return ReproduceCommand(result, options);
  };
  return RunAll({picks, options, make, reproduce}, options.side.target_text);
}

report::RunResult DiffPicks(const std::vector<Pick>& picks, const RunOptions& options,
                            const Side& against) {
  const auto make = [&](Prepares prepares) -> RunOne {
    auto left = std::make_shared<ScenarioRunner>(options.side, prepares);
    auto right = std::make_shared<ScenarioRunner>(against, prepares);
    return [&, left, right](const Pick& pick) -> std::optional<ScenarioResult> {
      if (!left->CanRun(pick) || !right->CanRun(pick)) return std::nullopt;
      Recorded ours{.name = options.side.target_text, .result = {}, .records = {}};
      Recorded theirs{.name = against.target_text, .result = {}, .records = {}};
      ours.result = left->Run(pick, &ours.records);
      theirs.result = right->Run(pick, &theirs.records);
      return Compare(pick, ours, theirs);
    };
  };
  const auto reproduce = [&](const ScenarioResult& result) {
    return ReproduceDiffCommand(result, options, against.target_text);
  };
  return RunAll({picks, options, make, reproduce},
                options.side.target_text + " and " + against.target_text);
}

}  // namespace modcert::run
