// Commands that another server wrote into a file or sent to a replica, run again here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/client.h"

namespace modcert::engine {

class Server;

// Where the commands come from. Only what a primary sends is "replicated" to those who ask.
enum class ReplayedFrom { kFile, kPrimary };

// Runs commands for a client of its own, which remembers the database and a transaction between
// them. While one runs no key expires: what the time did to keys is among the commands.
class CommandReplay {
 public:
  CommandReplay(Server& server, ReplayedFrom from);
  ~CommandReplay();
  CommandReplay(const CommandReplay&) = delete;
  CommandReplay& operator=(const CommandReplay&) = delete;

  // The first error in the reply, without the leading '-'; nothing when all went well.
  std::optional<std::string> Run(Args args);
  // A MULTI came without its EXEC.
  bool in_transaction() const { return client_.transaction.open; }

 private:
  Server& server_;
  Client& client_;
  const uint64_t client_id_;
};

}  // namespace modcert::engine
