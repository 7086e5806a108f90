// The data set in a file that a module names (RdbSave, RdbLoad).
//
// A relative name is one below the server's directory, whose files are in memory; an absolute one
// is a file of the machine, which the module may want to read itself.
#pragma once

#include <string>

namespace modcert::engine {

class Server;

// Both answer 0, or the errno of a server of 7.2.
int SaveDatasetTo(Server& server, const std::string& path);
// The old data are gone in any case, replicas copy the new ones, the append-only file starts again.
int LoadDatasetFrom(Server& server, const std::string& path);

}  // namespace modcert::engine
