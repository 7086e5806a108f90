// Runs scenarios one after the other on a target of its own: in this process, or each in a child.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "report/result.h"
#include "run/isolation.h"
#include "run/scenario_run.h"
#include "run/selection.h"
#include "target/target.h"

namespace modcert::run {

// Makes a target. Called once for each process that needs one.
using TargetFactory = std::function<std::unique_ptr<target::Target>()>;

enum class Isolate {
  kNone,  // everything in this process: for debuggers, and for a real server
  kFork,  // each scenario in a child, with a watchdog and limits
};

// One way to run scenarios: which target, and how far from us.
struct Side {
  TargetFactory make_target;
  std::string target_text = "inprocess";  // as --target names it
  Isolate isolate = Isolate::kFork;
  Limits limits;
};

class ScenarioRunner {
 public:
  // `side` outlives the runner.
  explicit ScenarioRunner(const Side& side) : side_(side) {}

  // The result, whatever happens to the module. A child that dies gives one finding: run.crash,
  // run.exit, run.hang or run.out-of-memory; a scenario may expect it. `records` gets the replies.
  report::ScenarioResult Run(const Pick& pick, std::vector<StepRecord>* records = nullptr);

 private:
  report::ScenarioResult RunHere(const Pick& pick, const Observers& observers);
  report::ScenarioResult RunInChild(const Pick& pick, std::vector<StepRecord>* records);

  const Side& side_;
  std::unique_ptr<target::Target> target_;
  std::optional<Isolation> isolation_;
};

// The result of a scenario that could not be carried out.
report::ScenarioResult ErrorResult(const Pick& pick, const Error& error);

}  // namespace modcert::run
