// What --target means.
#pragma once

#include <string>

#include "base/result.h"
#include "run/runner.h"

namespace modcert::cli {

// "inprocess", "redis" (a redis-server of our own), HOST:PORT or the path of a unix socket.
Result<run::TargetFactory> ChooseTarget(const std::string& text);

// Whether the module runs inside of this process, so that each scenario needs one of its own.
bool IsInProcess(const std::string& text);

}  // namespace modcert::cli
