#include "run/runner.h"

#include <fmt/format.h>

#include <optional>

#include "report/json.h"
#include "run/isolation.h"
#include "run/reproduce.h"
#include "run/scenario_run.h"
#include "run/workers.h"

namespace modcert::run {
namespace {

using report::ScenarioResult;
using report::Verdict;

std::string ContractOf(End end) {
  switch (end) {
    case End::kExit:
      return "run.exit";
    case End::kHang:
      return "run.hang";
    case End::kOutOfMemory:
      return "run.out-of-memory";
    default:
      return "run.crash";
  }
}

// What is known of a scenario whose process did not come back.
ScenarioResult ResultOfDeath(const Pick& pick, const ChildReport& child, int step,
                             const Limits& limits) {
  ScenarioResult result = BlankResult(*pick.file, *pick.scenario);
  result.verdict = Verdict::kFailed;
  result.output = child.output;
  result.steps_run = step + 1;
  validate::Finding finding;
  finding.contract = ContractOf(child.end);
  finding.message = child.Describe(limits);
  const bool in_step = step >= 0 && static_cast<size_t>(step) < pick.scenario->steps.size();
  finding.message +=
      in_step ? " during step " + std::to_string(step + 1) + ": " +
                    DescribeStep(*pick.scenario, pick.scenario->steps[static_cast<size_t>(step)])
              : " before the first step";
  finding.suite = result.suite;
  finding.scenario = result.name;
  finding.step = step;
  finding.stack = child.crash.stack;
  finding.last_calls = child.crash.last_calls;
  result.findings.push_back(std::move(finding));
  return result;
}

ScenarioResult ErrorResult(const Pick& pick, const Error& error) {
  ScenarioResult result = BlankResult(*pick.file, *pick.scenario);
  result.verdict = Verdict::kError;
  result.reason = error.ToString();
  return result;
}

// Runs one scenario after the other, in this process or each in a child of its own.
class ScenarioRunner {
 public:
  explicit ScenarioRunner(const RunOptions& options) : options_(options) {}

  ScenarioResult Run(const Pick& pick) {
    ScenarioResult result =
        options_.isolation == Isolate::kFork ? RunInChild(pick) : RunHere(pick, nullptr);
    result.reproduce = ReproduceCommand(result, options_);
    for (validate::Finding& finding : result.findings) finding.reproduce = result.reproduce;
    return result;
  }

 private:
  ScenarioResult RunHere(const Pick& pick, std::atomic<int>* step) {
    if (target_ == nullptr) target_ = options_.make_target();
    return RunScenario(*pick.file, *pick.scenario, *target_, {.records = nullptr, .step = step});
  }

  ScenarioResult RunInChild(const Pick& pick) {
    if (!isolation_) {
      auto isolation = Isolation::Create({options_.timeout_ms, options_.memory_bytes});
      if (!isolation) return ErrorResult(pick, isolation.error());
      isolation_.emplace(*std::move(isolation));
    }
    auto child =
        isolation_->Run([&] { return report::JsonOfScenario(RunHere(pick, &isolation_->step())); });
    if (!child) return ErrorResult(pick, child.error());
    if (child->end != End::kNormal) {
      return ResultOfDeath(pick, *child, isolation_->step(), isolation_->limits());
    }
    auto result = report::ScenarioFromJson(child->payload);
    return result ? *std::move(result) : ErrorResult(pick, result.error());
  }

  const RunOptions& options_;
  std::unique_ptr<target::Target> target_;
  std::optional<Isolation> isolation_;
};

void RunInJobs(const std::vector<Pick>& picks, const RunOptions& options,
               std::vector<ScenarioResult>& results) {
  const auto make_work = [&] {
    auto runner = std::make_shared<ScenarioRunner>(options);
    return [&picks, runner](int index) {
      return report::JsonOfScenario(runner->Run(picks[static_cast<size_t>(index)]));
    };
  };
  const auto on_result = [&](int index, const Result<std::string>& payload) {
    ScenarioResult& result = results[static_cast<size_t>(index)];
    const Pick& pick = picks[static_cast<size_t>(index)];
    auto read = payload ? report::ScenarioFromJson(*payload)
                        : Result<ScenarioResult>(tl::unexpected(payload.error()));
    result = read ? *std::move(read) : ErrorResult(pick, read.error());
    if (!read) result.reproduce = ReproduceCommand(result, options);
    options.on_result(result);
  };
  const auto done =
      RunInWorkers(static_cast<int>(picks.size()), options.jobs, make_work, on_result);
  if (done) return;
  for (size_t i = 0; i < picks.size(); ++i) {
    if (results[i].name.empty()) results[i] = ErrorResult(picks[i], done.error());
  }
}

}  // namespace

report::RunResult RunPicks(const std::vector<Pick>& picks, const RunOptions& options) {
  report::RunResult run;
  run.target = options.target_text;
  run.scenarios.resize(picks.size());
  if (options.jobs > 1) {
    RunInJobs(picks, options, run.scenarios);
  } else {
    ScenarioRunner runner(options);
    for (size_t i = 0; i < picks.size(); ++i) {
      run.scenarios[i] = runner.Run(picks[i]);
      options.on_result(run.scenarios[i]);
    }
  }
  for (const ScenarioResult& scenario : run.scenarios) {
    if (run.profile.empty()) run.profile = scenario.profile;
  }
  return run;
}

}  // namespace modcert::run
