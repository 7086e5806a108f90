// MODULE LOAD, LOADEX, LIST, UNLOAD and HELP.
#pragma once

namespace modcert::module {

class Host;

// Adds them to the host's command table.
void AddModuleCommands(Host& host);

}  // namespace modcert::module
