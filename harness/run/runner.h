// Runs the picked scenarios of spec files on one target, or on two to compare them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "report/result.h"
#include "run/scenario_runner.h"
#include "run/selection.h"

namespace modcert::run {

struct RunOptions {
  Side side;
  std::vector<std::string> more_arguments;  // of the command that reproduces, such as --module
  int jobs = 1;
  // Called after each scenario, in the order in which they end.
  std::function<void(const report::ScenarioResult&)> on_result = [](const report::ScenarioResult&) {
  };
};

// Runs the picked scenarios. Always gives a result for each, in the order of `picks`.
report::RunResult RunPicks(const std::vector<Pick>& picks, const RunOptions& options);

// Runs each on `options.side` and on `against`. A failure is a difference between the two: unless a
// matcher of the spec allows them to differ, replies are equal to the byte. What does not meet the
// spec on either side is a failure as well.
report::RunResult DiffPicks(const std::vector<Pick>& picks, const RunOptions& options,
                            const Side& against);

}  // namespace modcert::run
