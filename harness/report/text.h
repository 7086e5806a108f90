// A run's result for a person at a terminal.
#pragma once

#include <string>

#include "report/result.h"

namespace modcert::report {

enum class Colour { kNo, kYes };

// What went wrong in one scenario, or an empty text when it passed.
std::string TextOfScenario(const ScenarioResult& scenario, Colour colour);

// The last lines: how many of each verdict, and the verdict of the whole.
std::string TextSummary(const RunResult& run, Colour colour);

// Both, for the whole run.
std::string Text(const RunResult& run, Colour colour);

}  // namespace modcert::report
