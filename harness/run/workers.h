// Spreads numbered pieces of work over processes, so that each worker has its own target and one
// that dies takes nothing else with it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"

namespace modcert::run {

// Does one piece of work and returns its result as bytes. Nothing: a new worker has to do it,
// because of what is left of earlier pieces in this one.
using Work = std::function<std::optional<std::string>(int index)>;

// Why a worker is started.
enum class WorkerStart {
  kPlanned,
  kAfterLoss,  // in place of one that died: better to be careful
};

// Makes, inside of a worker, what does its pieces.
using MakeWork = std::function<Work(WorkerStart start)>;

// What came of piece `index`: its bytes, or an error when its worker died over it.
using OnResult = std::function<void(int index, const Result<std::string>& result)>;

// Does the pieces 0 to count - 1 in `jobs` forked processes and calls `on_result` in this process,
// once for each piece, as they end. Pieces are handed out one by one, in order.
Status RunInWorkers(int count, int jobs, const MakeWork& make_work, const OnResult& on_result);

}  // namespace modcert::run
