// What a module allocated is free again when it has been unloaded.
#pragma once

#include <cstdint>

#include "oracle/oracles.h"

namespace modcert::oracle {

// What a module left behind.
struct Left {
  int64_t bytes = 0;
  int64_t blocks = 0;
  bool unloaded = false;  // false: it stayed, so nothing can be said
};

// Whether threads of the module may still run, and free what they hold, after its last call.
bool CanStartThreads(module::Module& module);

// Deletes all data and unloads the module.
Left UnloadAndCount(module::Host& host, const std::string& module);

// Both for each module of the host that starts no threads.
Findings MemoryAtUnload(module::Host& host);

}  // namespace modcert::oracle
