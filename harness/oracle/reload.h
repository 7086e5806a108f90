// A module can be unloaded and loaded again.
#pragma once

#include <string>

#include "oracle/oracles.h"

namespace modcert::oracle {

// Unloads each module that lets itself be unloaded, and loads it again: the same commands are
// there. The data goes first.
Findings Reload(module::Host& host);

// Why a server would refuse to unload the module, in the server's words; empty when it would not
// refuse. Asked before its OnUnload has its say.
std::string ReasonToStay(const module::Host& host, const module::Module& module);

}  // namespace modcert::oracle
