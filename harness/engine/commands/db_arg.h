// The number of a database as an argument: SELECT, MOVE, COPY.
#pragma once

#include "engine/command_call.h"

namespace modcert::engine {

// The database that argument `index` names, or the error to answer with.
Found<int> DbArg(const CommandCall& call, int index);

}  // namespace modcert::engine
