// Data that is rewritten as commands comes back when they run.
#pragma once

#include "oracle/oracles.h"

namespace modcert::oracle {

// Rewrites the keyspace as a server writes an append-only file without RDB preamble, runs the
// commands in a fresh host with the same modules, and compares the data. Nothing to do where no key
// holds a module's value.
Findings AofRewrite(module::Host& host);

}  // namespace modcert::oracle
