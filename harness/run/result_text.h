// A scenario's result on its way from one process to another: one of two forms of text.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "report/result.h"
#include "run/selection.h"

namespace modcert::run {

// The result as text. One that passed and has nothing to tell, as nearly all do, is a short line;
// others are JSON.
std::string EncodeResult(const report::ScenarioResult& result);

// The other way. What a short line leaves out is known from the pick.
Result<report::ScenarioResult> DecodeResult(const Pick& pick, std::string_view text);

}  // namespace modcert::run
