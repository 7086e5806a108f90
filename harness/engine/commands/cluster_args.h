// What the commands about a cluster have in common.
#pragma once

#include <string_view>

#include "engine/cluster.h"
#include "engine/command_call.h"
#include "engine/server.h"

namespace modcert::engine {

Reply ClusterDisabled();
Reply UnknownNode(std::string_view id);

// The command, or the answer of a server that is no node of a cluster.
template <Reply (*run)(CommandCall& call)>
Reply InCluster(CommandCall& call) {
  return call.server.cluster ? run(call) : ClusterDisabled();
}

}  // namespace modcert::engine
