// A replica that runs what was propagated has the same data.
#pragma once

#include "oracle/oracles.h"

namespace modcert::oracle {

// Runs all commands that were propagated since the world began in a fresh host with the same
// modules and another seed, and compares the data. A write that was not propagated, or whose
// outcome depends on chance, shows here.
Findings Replica(module::Host& host);

}  // namespace modcert::oracle
