// The commands for the time to live of single fields of a hash. Redis has them since 7.4, Valkey
// since 9.0, so they are no part of the built-in commands, which are those of 7.0.
#pragma once

#include "engine/command.h"

namespace modcert::engine {

// Called once, by whoever imitates such a server. HGETEX, HSETEX and HGETDEL are not among them.
void AddFieldExpiryCommands(CommandTable& commands);

}  // namespace modcert::engine
