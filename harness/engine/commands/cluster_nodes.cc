// CLUSTER MEET, FORGET, REPLICATE, FAILOVER and kin: who belongs to a cluster, and as what.

#include <arpa/inet.h>

#include "base/parse_number.h"
#include "engine/cluster.h"
#include "engine/commands/cluster_args.h"
#include "engine/commands/option_word.h"
#include "engine/commands/tables.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

constexpr int64_t kPortMax = 65535;
constexpr int64_t kBusPortDistance = 10000;  // of the other port, when it is not said

bool IsAddress(const std::string& host) {
  unsigned char parsed[sizeof(in6_addr)];
  return inet_pton(AF_INET, host.c_str(), parsed) == 1 ||
         inet_pton(AF_INET6, host.c_str(), parsed) == 1;
}

// CLUSTER MEET ip port [bus-port]
Reply Meet(CommandCall& call) {
  if (call.argc() > 5) return Reply::WrongArity("cluster|meet");
  const std::optional<int64_t> port = ParseInteger(call.arg(3));
  if (!port)
    return Reply::Error(fmt::format("ERR Invalid TCP base port specified: {}", call.arg(3)));
  std::optional<int64_t> bus_port = *port + kBusPortDistance;
  if (call.argc() == 5) bus_port = ParseInteger(call.arg(4));
  if (!bus_port)
    return Reply::Error(fmt::format("ERR Invalid TCP bus port specified: {}", call.arg(4)));
  const bool valid = IsAddress(call.arg(2)) && *port > 0 && *port <= kPortMax && *bus_port > 0 &&
                     *bus_port <= kPortMax;
  if (!valid)
    return Reply::Error(
        fmt::format("ERR Invalid node address specified: {}:{}", call.arg(2), call.arg(3)));
  call.server.cluster->Meet(static_cast<int>(*port));
  return Reply::Ok();
}

// CLUSTER FORGET node-id
Reply Forget(CommandCall& call) {
  Cluster& cluster = *call.server.cluster;
  const ClusterNode* node = cluster.Find(call.arg(2));
  if (!node) return UnknownNode(call.arg(2));
  if (node->id == cluster.self().id)
    return Reply::Error("ERR I tried hard but I can't forget myself...");
  if (cluster.self().primary_id == node->id) return Reply::Error("ERR Can't forget my master!");
  cluster.Forget(std::string(node->id));
  return Reply::Ok();
}

// CLUSTER REPLICATE node-id
Reply Replicate(CommandCall& call) {
  Cluster& cluster = *call.server.cluster;
  const ClusterNode* node = cluster.Find(call.arg(2));
  if (!node) return UnknownNode(call.arg(2));
  if (node->id == cluster.self().id) return Reply::Error("ERR Can't replicate myself");
  if (!node->is_primary()) return Reply::Error("ERR I can only replicate a master, not a replica.");
  const bool has_something =
      cluster.HasSlots(cluster.self().id) || call.server.keyspace.size(0) > 0;
  if (cluster.self().is_primary() && has_something)
    return Reply::Error("ERR To set a master the node must be empty and without assigned slots.");
  cluster.ReplicateFrom(std::string(node->id));
  return Reply::Ok();
}

// CLUSTER FAILOVER [FORCE|TAKEOVER]
Reply Failover(CommandCall& call) {
  Cluster& cluster = *call.server.cluster;
  const bool takes_over = call.argc() == 3 && IsOption(call.arg(2), "TAKEOVER");
  const bool known =
      call.argc() == 2 || takes_over || (call.argc() == 3 && IsOption(call.arg(2), "FORCE"));
  if (!known) return Reply::SyntaxError();
  if (cluster.self().is_primary())
    return Reply::Error("ERR You should send CLUSTER FAILOVER to a replica");
  if (takes_over)
    cluster.TakeOver();
  else
    cluster.RequestFailover();
  return Reply::Ok();
}

// CLUSTER RESET [HARD|SOFT]
Reply Reset(CommandCall& call) {
  if (call.argc() > 3)
    return Reply::Error(fmt::format(
        "ERR unknown subcommand or wrong number of arguments for '{}'. Try CLUSTER HELP.",
        call.arg(1)));
  const bool hard = call.argc() == 3 && IsOption(call.arg(2), "HARD");
  const bool soft = call.argc() == 2 || IsOption(call.arg(2), "SOFT");
  if (!hard && !soft) return Reply::SyntaxError();
  Cluster& cluster = *call.server.cluster;
  if (cluster.self().is_primary() && call.server.keyspace.size(0) > 0)
    return Reply::Error("ERR CLUSTER RESET can't be called with master nodes containing keys");
  cluster.Reset(hard ? Cluster::ResetKind::kHard : Cluster::ResetKind::kSoft);
  return Reply::Ok();
}

// CLUSTER BUMPEPOCH
Reply BumpEpoch(CommandCall& call) {
  Cluster& cluster = *call.server.cluster;
  const bool bumped = cluster.BumpEpoch();
  return Reply::Simple(fmt::format("{} {}", bumped ? "BUMPED" : "STILL", cluster.self().epoch));
}

// CLUSTER SET-CONFIG-EPOCH config-epoch
Reply SetConfigEpoch(CommandCall& call) {
  const auto epoch = call.IntegerArg(2);
  if (!epoch) return epoch.error();
  Cluster& cluster = *call.server.cluster;
  if (*epoch < 0)
    return Reply::Error(fmt::format("ERR Invalid config epoch specified: {}", *epoch));
  if (cluster.nodes().size() > 1)
    return Reply::Error(
        "ERR The user can assign a config epoch only when the node does not know any other node.");
  if (cluster.self().epoch != 0) return Reply::Error("ERR Node config epoch is already non-zero");
  cluster.SetEpoch(*epoch);
  return Reply::Ok();
}

constexpr std::string_view kInProcess = "nodes of the same process only";

constexpr CommandRow kTable[] = {
    {.name = "cluster|meet", .run = InCluster<Meet>, .partial = kInProcess},
    {.name = "cluster|forget", .run = InCluster<Forget>},
    {.name = "cluster|replicate", .run = InCluster<Replicate>, .partial = kInProcess},
    {.name = "cluster|failover", .run = InCluster<Failover>, .partial = "without votes"},
    {.name = "cluster|reset", .run = InCluster<Reset>},
    {.name = "cluster|bumpepoch", .run = InCluster<BumpEpoch>},
    {.name = "cluster|set-config-epoch", .run = InCluster<SetConfigEpoch>},
};

}  // namespace

std::span<const CommandRow> ClusterNodeCommands() { return kTable; }

}  // namespace modcert::engine
