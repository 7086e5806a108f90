// Runs scenarios of spec files on a target: each in a fresh world, and, when the module runs inside
// of us, each in a process of its own.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "report/result.h"
#include "run/selection.h"
#include "target/target.h"

namespace modcert::run {

// Makes a target. Called once for each process that needs one.
using TargetFactory = std::function<std::unique_ptr<target::Target>()>;

enum class Isolate {
  kNone,  // everything in this process: for debuggers, and for a real server
  kFork,  // each scenario in a child, with a watchdog and limits
};

struct RunOptions {
  TargetFactory make_target;
  std::string target_text = "inprocess";    // as --target names it, for the command that reproduces
  std::vector<std::string> more_arguments;  // of that command, such as --module
  Isolate isolation = Isolate::kFork;
  int jobs = 1;
  int timeout_ms = 30000;                 // of one scenario in a child
  size_t memory_bytes = size_t{4} << 30;  // address space of a child beyond what it starts with
  // Called after each scenario, in the order in which they end.
  std::function<void(const report::ScenarioResult&)> on_result = [](const report::ScenarioResult&) {
  };
};

// Runs the picked scenarios. Always gives a result for each, in the order of `picks`.
report::RunResult RunPicks(const std::vector<Pick>& picks, const RunOptions& options);

}  // namespace modcert::run
