#include "report/text.h"

#include <fmt/format.h>

namespace modcert::report {
namespace {

constexpr std::string_view kRed = "31";
constexpr std::string_view kGreen = "32";
constexpr std::string_view kYellow = "33";
constexpr std::string_view kBold = "1";

std::string Paint(std::string_view text, std::string_view code, Colour colour) {
  return colour == Colour::kYes ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
}

void AppendList(std::string_view title, const std::vector<std::string>& lines, std::string& out) {
  if (lines.empty()) return;
  out += fmt::format("      {}:\n", title);
  for (const std::string& line : lines) out += fmt::format("        {}\n", line);
}

void AppendFinding(const validate::Finding& finding, Colour colour, std::string& out) {
  out += fmt::format("    {} {}: {}\n", validate::SeverityName(finding.severity),
                     Paint(finding.contract, kYellow, colour), finding.message);
  AppendList("stack", finding.stack, out);
  AppendList("last API calls", finding.last_calls, out);
  AppendList("log", finding.log, out);
}

}  // namespace

std::string TextOfScenario(const ScenarioResult& scenario, Colour colour) {
  if (scenario.verdict == Verdict::kPassed || scenario.verdict == Verdict::kSkipped) return "";
  const std::string_view word = scenario.verdict == Verdict::kError ? "ERROR" : "FAILED";
  std::string out = fmt::format("{} {}: {}\n", Paint(word, kRed, colour), scenario.suite,
                                Paint(scenario.name, kBold, colour));
  for (const StepFailure& failure : scenario.failures) {
    out += fmt::format("    {}: step {}, {}\n      {}\n", failure.place, failure.step + 1,
                       failure.action, failure.message);
  }
  for (const validate::Finding& finding : scenario.findings) AppendFinding(finding, colour, out);
  if (scenario.failures.empty() && !scenario.reason.empty()) {
    out += fmt::format("    {}: {}\n", scenario.place, scenario.reason);
  }
  AppendList("output", scenario.output, out);
  return out + fmt::format("    reproduce: {}\n", scenario.reproduce);
}

std::string TextSummary(const RunResult& run, Colour colour) {
  std::string out = fmt::format(
      "{} scenarios on {}: {} passed, {} failed, {} errors, {} skipped\n", run.scenarios.size(),
      run.profile.empty() ? run.target : run.profile, run.Count(Verdict::kPassed),
      run.Count(Verdict::kFailed), run.Count(Verdict::kError), run.Count(Verdict::kSkipped));
  for (const ScenarioResult& scenario : run.scenarios) {
    if (scenario.verdict != Verdict::kSkipped) continue;
    out += fmt::format("  skipped {}: {} ({})\n", scenario.suite, scenario.name, scenario.reason);
  }
  if (const std::string text = TextOfLeftOut(run.LeftOutByReason()); !text.empty())
    out += fmt::format("  {}\n", text);
  return out + (run.conforms() ? Paint("PASSED", kGreen, colour) : Paint("FAILED", kRed, colour)) +
         "\n";
}

std::string Text(const RunResult& run, Colour colour) {
  std::string out;
  for (const ScenarioResult& scenario : run.scenarios) out += TextOfScenario(scenario, colour);
  return out + TextSummary(run, colour);
}

}  // namespace modcert::report
