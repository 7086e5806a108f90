// Whether two targets answered a scenario alike.
#pragma once

#include <string>
#include <vector>

#include "report/result.h"
#include "run/scenario_run.h"
#include "run/selection.h"

namespace modcert::run {

// What a scenario gave on one target.
struct Recorded {
  std::string name;  // of the target
  report::ScenarioResult result;
  std::vector<StepRecord> records;
};

// One result for both. Replies must be equal to the byte, but where the spec has a matcher that is
// looser than plain JSON ($any, $regex, $unordered ...), it is enough that both match it. A
// scenario that one side skips is skipped.
report::ScenarioResult Compare(const Pick& pick, const Recorded& left, const Recorded& right);

// Two texts in two columns; lines that differ are marked with '|'.
std::string SideBySide(const std::string& left, const std::string& right);

}  // namespace modcert::run
