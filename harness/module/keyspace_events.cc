// Modules that subscribe to keyspace events.

#include <memory>

#include "module/host.h"

namespace modcert::module {
namespace {

struct Subscription {
  Module& module;
  uint32_t types;
  RedisModuleNotificationFunc callback;
  bool active = false;  // its callback runs right now
};

void Deliver(Host& host, Subscription& subscription, const engine::KeyspaceEvent& event) {
  const auto type = static_cast<uint32_t>(event.event_class);
  // events.not-nested: a subscriber does not hear of what it does in its callback.
  if (!(subscription.types & type) || subscription.active) return;
  subscription.active = true;
  const engine::ExecutionUnit unit(host.server.propagation);
  const ModuleScope scope(host, &subscription.module);
  RedisModuleCtx* ctx =
      host.NewContextWithClient(&subscription.module, ContextKind::kKeyspaceEvent, event.db);
  RedisModuleString* key = host.NewString(nullptr, std::string(event.key));
  const std::string name(event.name);
  subscription.callback(ctx, static_cast<int>(type), name.c_str(), key);
  host.ReleaseString(key);
  host.EndContext(ctx);
  subscription.active = false;
}

}  // namespace

void Host::SubscribeToKeyspaceEvents(Module& module, int types,
                                     RedisModuleNotificationFunc callback) {
  auto subscription =
      std::make_shared<Subscription>(Subscription{module, static_cast<uint32_t>(types), callback});
  module.event_listeners.push_back(
      server.notifier.AddListener([this, subscription](const engine::KeyspaceEvent& event) {
        Deliver(*this, *subscription, event);
      }));
}

}  // namespace modcert::module
