// CLUSTER: what a node says of itself, of others and of the slots; ASKING, READONLY, READWRITE.

#include "engine/cluster.h"

#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/cluster_args.h"
#include "engine/commands/tables.h"
#include "engine/server.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

using resp::Value;

// CLUSTER KEYSLOT key
Reply KeySlot(CommandCall& call) { return Reply::Integer(SlotOf(call.arg(2))); }

// CLUSTER COUNTKEYSINSLOT slot
Reply CountKeysInSlot(CommandCall& call) {
  const auto slot = call.IntegerArg(2);
  if (!slot) return slot.error();
  if (*slot < 0 || *slot >= kSlotCount) return Reply::Error("ERR Invalid slot");
  return Reply::Integer(
      static_cast<int64_t>(call.server.cluster->KeysIn(static_cast<int>(*slot)).size()));
}

// CLUSTER GETKEYSINSLOT slot count
Reply GetKeysInSlot(CommandCall& call) {
  const auto slot = call.IntegerArg(2);
  if (!slot) return slot.error();
  const auto count = call.IntegerArg(3);
  if (!count) return count.error();
  if (*slot < 0 || *slot >= kSlotCount || *count < 0)
    return Reply::Error("ERR Invalid slot or number of keys");
  std::vector<Value> keys;
  for (const std::string& key : call.server.cluster->KeysIn(static_cast<int>(*slot))) {
    if (static_cast<int64_t>(keys.size()) == *count) break;
    keys.push_back(Value::Bulk(key));
  }
  return Reply::Array(std::move(keys));
}

// CLUSTER INFO
Reply Info(CommandCall& call) { return Value::Verbatim("txt", call.server.cluster->InfoText()); }

// CLUSTER NODES
Reply Nodes(CommandCall& call) { return Value::Verbatim("txt", call.server.cluster->NodesText()); }

// CLUSTER MYID
Reply MyId(CommandCall& call) { return Reply::Bulk(call.server.cluster->self().id); }

// CLUSTER SLOTS
Reply Slots(CommandCall& call) { return call.server.cluster->Slots(); }

// CLUSTER SHARDS
Reply Shards(CommandCall& call) { return call.server.cluster->Shards(); }

// CLUSTER LINKS
Reply Links(CommandCall& call) { return call.server.cluster->Links(); }

// CLUSTER REPLICAS node-id
Reply Replicas(CommandCall& call) {
  const Cluster& cluster = *call.server.cluster;
  const ClusterNode* node = cluster.Find(call.arg(2));
  if (!node) return UnknownNode(call.arg(2));
  if (!node->is_primary()) return Reply::Error("ERR The specified node is not a master");
  std::vector<Value> lines;
  for (const ClusterNode* replica : cluster.ReplicasOf(node->id))
    lines.push_back(Value::Bulk(cluster.LineOf(*replica)));
  return Reply::Array(std::move(lines));
}

// CLUSTER COUNT-FAILURE-REPORTS node-id: no node is ever out of reach.
Reply CountFailureReports(CommandCall& call) {
  if (!call.server.cluster->Find(call.arg(2))) return UnknownNode(call.arg(2));
  return Reply::Integer(0);
}

// CLUSTER SAVECONFIG: nothing is kept on disk.
Reply SaveConfig(CommandCall&) { return Reply::Ok(); }

// ASKING
Reply Asking(CommandCall& call) {
  call.client.asking = true;
  return Reply::Ok();
}

// READONLY
Reply ReadOnly(CommandCall& call) {
  call.client.reads_from_replica = true;
  return Reply::Ok();
}

// READWRITE
Reply ReadWrite(CommandCall& call) {
  call.client.reads_from_replica = false;
  return Reply::Ok();
}

constexpr CommandRow kTable[] = {
    {.name = "cluster|keyslot", .run = InCluster<KeySlot>},
    {.name = "cluster|countkeysinslot", .run = InCluster<CountKeysInSlot>},
    {.name = "cluster|getkeysinslot", .run = InCluster<GetKeysInSlot>},
    {.name = "cluster|info", .run = InCluster<Info>, .partial = "no messages are counted"},
    {.name = "cluster|nodes", .run = InCluster<Nodes>},
    {.name = "cluster|myid", .run = InCluster<MyId>},
    {.name = "cluster|slots", .run = InCluster<Slots>, .partial = "no host names"},
    {.name = "cluster|shards", .run = InCluster<Shards>, .partial = "no host names"},
    {.name = "cluster|links", .run = InCluster<Links>},
    {.name = "cluster|replicas", .run = InCluster<Replicas>},
    {.name = "cluster|slaves", .run = InCluster<Replicas>},
    {.name = "cluster|count-failure-reports",
     .run = InCluster<CountFailureReports>,
     .partial = "no node ever fails"},
    {.name = "cluster|saveconfig", .run = InCluster<SaveConfig>},
    {.name = "asking", .run = InCluster<Asking>},
    {.name = "readonly", .run = InCluster<ReadOnly>},
    {.name = "readwrite", .run = InCluster<ReadWrite>},
};

}  // namespace

Reply ClusterDisabled() { return Reply::Error("ERR This instance has cluster support disabled"); }

Reply UnknownNode(std::string_view id) {
  return Reply::Error(fmt::format("ERR Unknown node {}", id));
}

std::span<const CommandRow> ClusterCommands() { return kTable; }

}  // namespace modcert::engine
