#include "report/tap.h"

#include <fmt/format.h>

#include <sstream>

#include "report/text.h"

namespace modcert::report {
namespace {

// A '#' would begin a directive, and a line feed another line.
std::string Plain(std::string text) {
  for (char& c : text) {
    if (c == '#' || c == '\n' || c == '\r') c = ' ';
  }
  return text;
}

void AppendComments(const ScenarioResult& scenario, std::string& out) {
  std::istringstream in(TextOfScenario(scenario, Colour::kNo));
  for (std::string line; std::getline(in, line);) out += "# " + line + "\n";
  if (const std::string left_out = TextOfLeftOut(scenario); !left_out.empty())
    out += "# " + Plain(left_out) + "\n";
}

}  // namespace

std::string Tap(const RunResult& run) {
  std::string out = fmt::format("TAP version 13\n1..{}\n", run.scenarios.size());
  int number = 0;
  for (const ScenarioResult& scenario : run.scenarios) {
    const bool ok = scenario.verdict == Verdict::kPassed || scenario.verdict == Verdict::kSkipped;
    out += fmt::format("{} {} - {}: {}", ok ? "ok" : "not ok", ++number, Plain(scenario.suite),
                       Plain(scenario.name));
    if (scenario.verdict == Verdict::kSkipped) out += " # SKIP " + Plain(scenario.reason);
    out += "\n";
    AppendComments(scenario, out);
  }
  return out;
}

}  // namespace modcert::report
