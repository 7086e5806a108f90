// What --target means.
#pragma once

#include <string>

#include "base/result.h"
#include "run/runner.h"

namespace modcert::cli {

// Which server the host imitates, and how; no other target has the choice.
struct HostChoice {
  std::string profile = {};  // empty: what each spec file is for, redis-7.0 when it may be
  bool validates = true;     // false: modules get the bare functions, without the validation layer
};

// "inprocess", "redis" (a redis-server of our own), HOST:PORT or the path of a unix socket.
Result<run::TargetFactory> ChooseTarget(const std::string& text, const HostChoice& host);

// Whether the module runs inside of this process, so that each scenario needs one of its own.
bool IsInProcess(const std::string& text);

}  // namespace modcert::cli
