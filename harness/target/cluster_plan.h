// What the nodes of a cluster are called and who serves what, on every target alike.
#pragma once

#include <span>
#include <string>

#include "target/target.h"

namespace modcert::target {

// The id of a server of a world, by its index: 40 hex digits, the same in every run.
std::string NodeId(int server);
// A primary's configuration epoch at the start; a replica has that of its primary.
int64_t NodeEpoch(const World& world, int server);

// The ports of a node: for clients, and for other nodes.
struct NodePorts {
  int port = 0;
  int bus_port = 0;
};
// The nodes.conf of one of them, so that it knows all others when it starts.
std::string NodesFile(const World& world, std::span<const NodePorts> ports, int self);

}  // namespace modcert::target
