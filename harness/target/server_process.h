// A redis-server of our own: on a unix socket in a private directory, gone with its owner.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "target/connection.h"
#include "target/target.h"

namespace modcert::target {

class ServerProcess {
 public:
  // Starts `program` with the modules and the config, and waits until it answers. Nothing is saved
  // to disk, DEBUG and MODULE are allowed, everything else is the server's default. Fails with the
  // last lines of the server's log when it does not come up. It finds `files` (name and content) in
  // its directory.
  static Result<std::unique_ptr<ServerProcess>> Spawn(
      const std::string& program, const std::vector<ModuleFile>& modules,
      const std::vector<std::pair<std::string, std::string>>& config,
      const std::vector<std::pair<std::string, std::string>>& files = {});
  // A port of this machine that nobody listens on, for one that others connect to.
  static Result<int> FreePort();

  // Kills the server and removes its directory.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  const Address& address() const { return address_; }

  // Whether the process runs; once it does not, how_it_ended() says why.
  bool IsAlive();
  // Waits some seconds for a process that is about to end; whether it did.
  bool AwaitEnd();
  const std::string& how_it_ended() const { return how_it_ended_; }

  // The last lines of its log.
  std::vector<std::string> LogTail() const;

 private:
  explicit ServerProcess(std::string directory);

  Status WriteConfig(const std::vector<ModuleFile>& modules,
                     const std::vector<std::pair<std::string, std::string>>& config);
  Status Launch(const std::string& program);
  Status WaitUntilReady(const std::vector<ModuleFile>& modules);

  std::string directory_;
  Address address_;
  pid_t pid_ = -1;
  std::string how_it_ended_;
};

}  // namespace modcert::target
