// A run's result in the Test Anything Protocol, version 13.
#pragma once

#include <string>

#include "report/result.h"

namespace modcert::report {

// One line for each scenario; what went wrong follows as comment lines.
std::string Tap(const RunResult& run);

}  // namespace modcert::report
