// A run's result as JUnit XML, which CI systems read.
#pragma once

#include <string>

#include "report/result.h"

namespace modcert::report {

// One <testsuite> for each suite, one <testcase> for each scenario.
std::string JUnit(const RunResult& run);

}  // namespace modcert::report
