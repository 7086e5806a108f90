// DEBUG PROTOCOL, by which the author of a client sees each type of a reply.
#pragma once

#include "engine/command_call.h"

namespace modcert::engine {

// DEBUG PROTOCOL type: an example of the type, as the client's protocol has it.
Reply DebugProtocol(CommandCall& call);

}  // namespace modcert::engine
