// What modules of different nodes of a cluster send each other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "redismodule_types.h"

namespace modcert::engine {
struct ModuleMessage;
}

namespace modcert::module {

class Host;
class Module;

// Ids of nodes are 40 bytes, with no NUL behind them; a server has other data there.
inline constexpr char kBehindId = 1;

// Owned by Host. Sender and receiver of a message know each other by a number made of the module's
// name, which is zero unless the name could be that of a data type: all those modules share their
// receivers.
class ClusterMessages {
 public:
  explicit ClusterMessages(Host& host);

  // A null callback takes the receiver back.
  void Register(Module& module, uint8_t type, RedisModuleClusterMessageReceiver callback);
  // To the node with that id, or, with an empty one, to all. False when there is no such node.
  bool Send(const Module* module, std::string_view target_id, uint8_t type, std::string payload);
  void Forget(const Module& module);
  // The id of this node, which must be one of a cluster. Lent until the next call.
  const char* OwnId();

 private:
  struct Receiver {
    Module* module;
    uint64_t module_id;
    uint8_t type;
    RedisModuleClusterMessageReceiver callback;
  };

  void Receive(const engine::ModuleMessage& message);

  Host& host_;
  std::vector<Receiver> receivers_;
  std::string own_id_;
};

}  // namespace modcert::module
