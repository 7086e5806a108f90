#include "report/result.h"

#include <algorithm>

namespace modcert::report {

int RunResult::Count(Verdict verdict) const {
  return static_cast<int>(
      std::count_if(scenarios.begin(), scenarios.end(),
                    [&](const ScenarioResult& scenario) { return scenario.verdict == verdict; }));
}

bool RunResult::conforms() const {
  return Count(Verdict::kFailed) == 0 && Count(Verdict::kError) == 0;
}

std::string_view VerdictName(Verdict verdict) {
  static constexpr std::string_view kNames[] = {"passed", "failed", "error", "skipped"};
  return kNames[static_cast<int>(verdict)];
}

Verdict VerdictFromName(std::string_view name) {
  for (const Verdict verdict : {Verdict::kPassed, Verdict::kFailed, Verdict::kSkipped}) {
    if (name == VerdictName(verdict)) return verdict;
  }
  return Verdict::kError;
}

}  // namespace modcert::report
