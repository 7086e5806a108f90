// Modules that decide who may log in (RegisterAuthCallback).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/server.h"
#include "redismodule_types.h"

namespace modcert::module {

class Host;
class Module;

// Owned by Host. AUTH and HELLO ask the modules, newest registration first, before the password is
// looked at. A module that cannot tell at once blocks the client: the command waits, and runs again
// when the module has given the client back.
class Authentication {
 public:
  explicit Authentication(Host& host) : host_(host) {}

  void Register(Module& module, RedisModuleAuthCallback callback);
  void Forget(const Module& module);

  // Whether modules are being asked about this client right now.
  bool IsInProgress(uint64_t client_id) const { return attempts_.contains(client_id); }
  // The client of a handle made by BlockClientOnAuth was given back: runs its command again, which
  // ends the handle. False when nobody waits for it any more.
  bool Resume(RedisModuleBlockedClient& handle);
  // The client is gone.
  void Abandon(uint64_t client_id) { attempts_.erase(client_id); }

 private:
  struct Registration {
    Module* module;
    RedisModuleAuthCallback callback;
  };
  // Where the question stands for one client.
  struct Attempt {
    std::vector<Registration> left;              // not asked yet, the next one last
    engine::Args args;                           // of the command
    RedisModuleBlockedClient* handle = nullptr;  // given back, and about to decide
    Module* module = nullptr;                    // that was asked last
  };

  engine::Server::Authentication Ask(engine::CommandCall& call, std::string_view user,
                                     std::string_view password);
  int AskNext(engine::Client& client, Attempt& attempt, std::string_view user,
              std::string_view password, std::string& error);
  int Call(engine::Client& client, Module& module, RedisModuleAuthCallback callback,
           RedisModuleBlockedClient* handle, std::string_view user, std::string_view password,
           std::string& error);

  Host& host_;
  std::vector<Registration> registrations_;  // oldest first
  std::map<uint64_t, Attempt> attempts_;     // by client
};

}  // namespace modcert::module
