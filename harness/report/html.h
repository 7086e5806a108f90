// A run's result as one HTML page without scripts or other files.
#pragma once

#include <string>

#include "report/result.h"

namespace modcert::report {

// The counts, then a table of the suites, then everything that went wrong, then all scenarios.
std::string Html(const RunResult& run);

}  // namespace modcert::report
