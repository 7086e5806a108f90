// Modules that subscribe to what happens to the server (SubscribeToServerEvent).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "abi/server_events.h"
#include "engine/server_events.h"
#include "redismodule_types.h"

namespace modcert::module {

class Host;
class Module;

// Owned by Host. One callback for each module and event, called in the order in which they came.
class ServerEventSubscriptions {
 public:
  explicit ServerEventSubscriptions(Host& host);

  // A null callback takes the subscription back. False when the server has no such event, or none
  // with data so new.
  bool Subscribe(Module& module, RedisModuleEvent event, RedisModuleEventCallback callback);
  // What IsSubEventSupported answers.
  bool Supports(uint64_t id, uint64_t subevent) const;
  // Modules that are loaded hear of one that comes or goes; it does not hear of itself.
  void TellModuleChange(const Module& module, uint64_t subevent);
  void Forget(const Module& module);
  // From now on the keys that go count as ready, for clients that wait for that.
  void AwaitGoneKeys();

 private:
  struct Subscription {
    Module* module;
    RedisModuleEvent event;
    RedisModuleEventCallback callback;
  };
  struct Occasion;
  struct Translator;

  void UpdateWanted();
  bool Accepts(RedisModuleEvent event) const;
  void Deliver(const Occasion& occasion);
  void Call(const Subscription& subscription, const Occasion& occasion);

  Host& host_;
  std::vector<Subscription> subscriptions_;
  bool awaits_gone_keys_ = false;
};

}  // namespace modcert::module
