#include "run/result_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "report/json.h"
#include "run/scenario_run.h"

namespace modcert::run {
namespace {

using report::ScenarioResult;
using report::Verdict;

constexpr std::string_view kPassed = "passed ";

bool HasNothingToTell(const ScenarioResult& result) {
  return result.verdict == Verdict::kPassed && result.reason.empty() && result.failures.empty() &&
         result.findings.empty() && result.output.empty() && result.steps_left_out.empty() &&
         result.reproduce.empty();
}

}  // namespace

std::string EncodeResult(const ScenarioResult& result) {
  if (!HasNothingToTell(result)) return report::JsonOfScenario(result);
  return fmt::format("{}{} {} {} {}", kPassed, result.steps_run, result.round_trips,
                     result.duration_us, result.profile);
}

Result<ScenarioResult> DecodeResult(const Pick& pick, std::string_view text) {
  if (!text.starts_with(kPassed)) return report::ScenarioFromJson(text);
  text.remove_prefix(kPassed.size());
  std::array<int64_t, 3> numbers = {};
  for (int64_t& number : numbers) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr == text.data() + text.size())
      return Fail("result", fmt::format("'{}' is no result", text));
    text.remove_prefix(static_cast<size_t>(read.ptr - text.data()) + 1);
  }
  ScenarioResult result = BlankResult(*pick.file, *pick.scenario);
  result.steps_run = static_cast<int>(numbers[0]);
  result.round_trips = static_cast<int>(numbers[1]);
  result.duration_us = numbers[2];
  result.profile = text;
  return result;
}

}  // namespace modcert::run
