// Reads the parts of an append-only file: commands, and an RDB file in front of them.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace modcert::engine {

class Server;

// What a part held, and how much of it is whole.
struct LoadedAofPart {
  // The bytes up to the end of the last whole command, and of the transaction that it is in. Less
  // than the part has: the tail is cut off.
  size_t whole_size = 0;
  int64_t command_count = 0;
  int64_t preamble_keys = 0;
};

// Runs the commands of a part, which may begin with an RDB file; errors of commands go to the log.
// The error here is that of a part that is no AOF: a server ends with it.
Result<LoadedAofPart> LoadAofPart(Server& server, std::string_view bytes);

}  // namespace modcert::engine
