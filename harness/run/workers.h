// Spreads numbered pieces of work over processes, so that each worker has its own target and one
// that dies takes nothing else with it.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"

namespace modcert::run {

// Makes, inside of a worker, the function that does one piece of work and returns its result as
// bytes.
using MakeWork = std::function<std::function<std::string(int index)>()>;

// What came of piece `index`: its bytes, or an error when its worker died over it.
using OnResult = std::function<void(int index, const Result<std::string>& result)>;

// Does the pieces 0 to count - 1 in `jobs` forked processes and calls `on_result` in this process,
// once for each piece, as they end. Pieces are handed out one by one, in order.
Status RunInWorkers(int count, int jobs, const MakeWork& make_work, const OnResult& on_result);

}  // namespace modcert::run
