#include "target/cluster_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hex.h"
#include "base/sha1.h"

namespace modcert::target {

std::string NodeId(int server) {
  const Sha1Bytes digest = Sha1(fmt::format("node {}", server));
  return HexEncode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

int64_t NodeEpoch(const World& world, int server) {
  const int primary = world.servers[static_cast<size_t>(server)].replica_of;
  return (primary < 0 ? server : primary) + 1;
}

std::string NodesFile(const World& world, std::span<const NodePorts> ports, int self) {
  std::string text;
  int64_t epoch_max = 0;
  for (size_t i = 0; i < world.servers.size(); ++i) {
    const ServerOfWorld& server = world.servers[i];
    const auto index = static_cast<int>(i);
    const bool is_primary = server.replica_of < 0;
    epoch_max = std::max(epoch_max, NodeEpoch(world, index));
    text += fmt::format("{} 127.0.0.1:{}@{},,tls-port=0 {}{} {} 0 0 {} connected", NodeId(index),
                        ports[i].port, ports[i].bus_port, index == self ? "myself," : "",
                        is_primary ? "master" : "slave",
                        is_primary ? "-" : NodeId(server.replica_of), NodeEpoch(world, index));
    for (const auto& [first, last] : server.slots)
      text += first == last ? fmt::format(" {}", first) : fmt::format(" {}-{}", first, last);
    text += '\n';
  }
  return text + fmt::format("vars currentEpoch {} lastVoteEpoch 0\n", epoch_max);
}

}  // namespace modcert::target
