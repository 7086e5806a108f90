// Work in a process of its own, as a server has its children do it.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"

namespace modcert::engine {

// Forks, runs `work` in the child, and gives what it gave. Nothing else of what the child does
// comes back; an error is that of the work, or says how the child ended.
Result<std::string> InForkedProcess(const std::function<Result<std::string>()>& work);

}  // namespace modcert::engine
