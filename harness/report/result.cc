#include "report/result.h"

#include <fmt/format.h>

#include <algorithm>

namespace modcert::report {

int RunResult::Count(Verdict verdict) const {
  return static_cast<int>(
      std::count_if(scenarios.begin(), scenarios.end(),
                    [&](const ScenarioResult& scenario) { return scenario.verdict == verdict; }));
}

std::map<std::string, int> RunResult::LeftOutByReason() const {
  std::map<std::string, int> by_reason;
  for (const ScenarioResult& scenario : scenarios)
    for (const StepLeftOut& step : scenario.steps_left_out) ++by_reason[step.reason];
  return by_reason;
}

bool RunResult::conforms() const {
  return Count(Verdict::kFailed) == 0 && Count(Verdict::kError) == 0;
}

std::string TextOfLeftOut(const std::map<std::string, int>& by_reason) {
  int count = 0;
  std::string reasons;
  for (const auto& [reason, steps] : by_reason) {
    count += steps;
    reasons += fmt::format("{}{} ({})", reasons.empty() ? "" : ", ", reason, steps);
  }
  if (count == 0) return "";
  return fmt::format("{} {} not run: {}", count, count == 1 ? "step" : "steps", reasons);
}

std::string TextOfLeftOut(const ScenarioResult& scenario) {
  std::map<std::string, int> by_reason;
  for (const StepLeftOut& step : scenario.steps_left_out) ++by_reason[step.reason];
  return TextOfLeftOut(by_reason);
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
