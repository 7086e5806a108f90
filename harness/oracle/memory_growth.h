// What a call allocates is free again when the data and the client that it left are gone. Unlike
// the memory at unload, this says which command it is, and works for modules that a server never
// unloads.
#pragma once

#include "oracle/arity_and_type.h"
#include "oracle/oracles.h"

namespace modcert::oracle {

// Makes the call several times on empty data, deletes what it left, and looks whether the module
// holds more memory each time. What the first calls fill for good is none. Nothing is said where a
// timer or a blocked client may still free it.
Findings MemoryGrowth(module::Host& host, module::Module& module, const Probe& probe);

}  // namespace modcert::oracle
