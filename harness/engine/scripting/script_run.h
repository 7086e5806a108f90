// One run of one script, from its call to its reply.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/propagation.h"
#include "engine/scripting/script_flags.h"

namespace modcert::engine {
class Client;
struct Command;
}  // namespace modcert::engine

namespace modcert::engine::scripting {

// Lives on the stack of whoever runs the script.
struct ScriptRun {
  std::string name;          // the digest of a script, the name of a function: what errors quote
  std::string_view source;   // "@user_script": what errors quote when the line is not known
  Client* caller = nullptr;  // whose command this is
  const Command* caller_command = nullptr;
  Client* client = nullptr;      // what the script's own commands run as
  uint64_t flags = 0;            // ScriptFlag
  bool read_only = false;        // EVAL_RO and its kin, or no-writes
  bool memory_was_full = false;  // when it began; what it frees itself does not count
  bool wrote = false;            // a write command ran: it cannot be killed any more
  bool kill_requested = false;
  int64_t elapsed_ms = 0;  // script time: so many slices of instructions
  PropagateTo propagate_to = PropagateTo::kAll;
  // In a cluster: of the first key that it named or used.
  std::optional<int> slot = std::nullopt;
  std::vector<std::string> command;  // as the client sent it, for FUNCTION STATS
};

}  // namespace modcert::engine::scripting
