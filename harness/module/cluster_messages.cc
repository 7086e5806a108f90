#include "module/cluster_messages.h"

#include <algorithm>

#include "engine/cluster.h"
#include "module/host.h"

namespace modcert::module {
namespace {

uint64_t IdOf(const Module* module) { return module ? TypeId(module->name, 0) : 0; }

}  // namespace

ClusterMessages::ClusterMessages(Host& host) : host_(host) {
  host.server.on_module_message = [this](const engine::ModuleMessage& message) {
    Receive(message);
  };
}

void ClusterMessages::Register(Module& module, uint8_t type,
                               RedisModuleClusterMessageReceiver callback) {
  const uint64_t id = IdOf(&module);
  const auto found = std::ranges::find_if(receivers_, [&](const Receiver& receiver) {
    return receiver.module_id == id && receiver.type == type;
  });
  if (found == receivers_.end()) {
    if (callback) receivers_.push_back({&module, id, type, callback});
  } else if (callback) {
    // cluster.message-shared-receiver: the context stays that of the module that was first.
    found->callback = callback;
  } else {
    receivers_.erase(found);
  }
}

bool ClusterMessages::Send(const Module* module, std::string_view target_id, uint8_t type,
                           std::string payload) {
  engine::Cluster* cluster = host_.server.cluster.get();
  return cluster && cluster->SendToModules(target_id, {.sender_id = cluster->self().id,
                                                       .module_id = IdOf(module),
                                                       .type = type,
                                                       .payload = std::move(payload)});
}

void ClusterMessages::Forget(const Module& module) {
  std::erase_if(receivers_, [&](const Receiver& receiver) { return receiver.module == &module; });
}

const char* ClusterMessages::OwnId() {
  own_id_ = host_.server.cluster->self().id + kBehindId;
  return own_id_.data();
}

void ClusterMessages::Receive(const engine::ModuleMessage& message) {
  const auto found = std::ranges::find_if(receivers_, [&](const Receiver& receiver) {
    return receiver.module_id == message.module_id && receiver.type == message.type;
  });
  if (found == receivers_.end()) return;  // cluster.message-unheard: it is dropped
  const Receiver receiver = *found;
  const engine::ExecutionUnit unit(host_.server.propagation);
  const ModuleScope scope(host_, receiver.module);
  RedisModuleCtx* ctx = host_.NewContextWithClient(receiver.module, ContextKind::kClusterMessage);
  const std::string sender_id = message.sender_id + kBehindId;
  receiver.callback(ctx, sender_id.data(), message.type,
                    reinterpret_cast<const unsigned char*>(message.payload.data()),
                    static_cast<uint32_t>(message.payload.size()));
  host_.EndContext(ctx);
}

}  // namespace modcert::module
