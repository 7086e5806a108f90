// A run's result as JSON: for other programs, and for results on their way from one process to
// another. Reading back gives an equal result.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "report/result.h"

namespace modcert::report {

// The whole run: target, counts, scenarios. Indented, ends with a line feed.
std::string Json(const RunResult& run);

// One scenario in one line. Bytes that are not UTF-8 become U+FFFD.
std::string JsonOfScenario(const ScenarioResult& scenario);

// The other way. Fails when the text was not written by JsonOfScenario.
Result<ScenarioResult> ScenarioFromJson(std::string_view text);

// The whole run back from Json().
Result<RunResult> RunFromJson(std::string_view text);

}  // namespace modcert::report
