// What CLUSTER INFO, NODES, SLOTS, SHARDS and LINKS say of a node's view.

#include "engine/cluster.h"
#include "engine/replication.h"
#include "engine/server.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

// An address as CLUSTER SLOTS has it: without further metadata.
resp::Value Address(const ClusterNode& node) {
  return resp::Value::Array({resp::Value::Bulk(node.host), resp::Value::Integer(node.port),
                             resp::Value::Bulk(node.id), resp::Value::Map({})});
}

}  // namespace

// No messages go anywhere, so none are counted.
std::string Cluster::InfoText() const {
  const ClusterNode* primary = self().is_primary() ? &self() : Find(self().primary_id);
  return fmt::format(
      "cluster_state:{}\r\ncluster_slots_assigned:{}\r\ncluster_slots_ok:{}\r\n"
      "cluster_slots_pfail:0\r\ncluster_slots_fail:0\r\ncluster_known_nodes:{}\r\n"
      "cluster_size:{}\r\ncluster_current_epoch:{}\r\ncluster_my_epoch:{}\r\n"
      "cluster_stats_messages_sent:0\r\ncluster_stats_messages_received:0\r\n"
      "total_cluster_links_buffer_limit_exceeded:0\r\n",
      is_ok() ? "ok" : "fail", AssignedCount(), AssignedCount(), nodes_.size(), Size(),
      current_epoch_, primary ? primary->epoch : self().epoch);
}

std::string Cluster::LineOf(const ClusterNode& node) const {
  const bool is_self = node.id == self_id_;
  const ClusterNode* primary = node.is_primary() ? &node : Find(node.primary_id);
  std::string line =
      fmt::format("{} {}:{}@{} {}{} {} 0 {} {} connected", node.id, node.host, node.port,
                  node.bus_port, is_self ? "myself," : "", node.is_primary() ? "master" : "slave",
                  node.is_primary() ? "-" : node.primary_id, is_self ? 0 : server_.clock.now_ms(),
                  primary ? primary->epoch : node.epoch);
  for (const auto& [first, last] : RangesOf(node.id))
    line += first == last ? fmt::format(" {}", first) : fmt::format(" {}-{}", first, last);
  if (!is_self) return line;
  for (int slot = 0; slot < kSlotCount; ++slot) {
    if (const auto to = migrating_.find(slot); to != migrating_.end())
      line += fmt::format(" [{}->-{}]", slot, to->second);
    else if (const auto from = importing_.find(slot); from != importing_.end())
      line += fmt::format(" [{}-<-{}]", slot, from->second);
  }
  return line;
}

std::string Cluster::NodesText() const {
  std::string text;
  for (const auto& [id, node] : nodes_) text += LineOf(node) + '\n';
  return text;
}

resp::Value Cluster::Slots() const {
  std::vector<resp::Value> ranges;
  for (int first = 0; first < kSlotCount;) {
    int end = first + 1;
    while (end < kSlotCount &&
           owners_[static_cast<size_t>(end)] == owners_[static_cast<size_t>(first)])
      ++end;
    if (const ClusterNode* owner = OwnerOf(first)) {
      std::vector<resp::Value> range = {resp::Value::Integer(first), resp::Value::Integer(end - 1),
                                        Address(*owner)};
      for (const ClusterNode* replica : ReplicasOf(owner->id))
        if (OffsetOf(*replica) > 0) range.push_back(Address(*replica));
      ranges.push_back(resp::Value::Array(std::move(range)));
    }
    first = end;
  }
  return resp::Value::Array(std::move(ranges));
}

// A replica that has no part of the stream yet does not count as one that could be asked.
int64_t Cluster::OffsetOf(const ClusterNode& node) const {
  const Cluster* there = network_.FindById(node.id);
  return there ? there->server_.replication->offset() : 0;
}

resp::Value Cluster::ShardOf(const ClusterNode& primary) const {
  std::vector<resp::Value> slots;
  for (const auto& [first, last] : RangesOf(primary.id)) {
    slots.push_back(resp::Value::Integer(first));
    slots.push_back(resp::Value::Integer(last));
  }
  std::vector<const ClusterNode*> members = {&primary};
  for (const ClusterNode* replica : ReplicasOf(primary.id)) members.push_back(replica);
  std::vector<resp::Value> nodes;
  for (const ClusterNode* node : members) {
    const int64_t offset = OffsetOf(*node);
    const bool loads = !node->is_primary() && offset == 0;
    nodes.push_back(resp::Value::Map(
        {resp::Value::Bulk("id"), resp::Value::Bulk(node->id), resp::Value::Bulk("port"),
         resp::Value::Integer(node->port), resp::Value::Bulk("ip"), resp::Value::Bulk(node->host),
         resp::Value::Bulk("endpoint"), resp::Value::Bulk(node->host), resp::Value::Bulk("role"),
         resp::Value::Bulk(node->is_primary() ? "master" : "replica"),
         resp::Value::Bulk("replication-offset"), resp::Value::Integer(offset),
         resp::Value::Bulk("health"), resp::Value::Bulk(loads ? "loading" : "online")}));
  }
  return resp::Value::Map({resp::Value::Bulk("slots"), resp::Value::Array(std::move(slots)),
                           resp::Value::Bulk("nodes"), resp::Value::Array(std::move(nodes))});
}

resp::Value Cluster::Shards() const {
  std::vector<resp::Value> shards;
  for (const auto& [id, node] : nodes_)
    if (node.is_primary()) shards.push_back(ShardOf(node));
  return resp::Value::Array(std::move(shards));
}

// One in each direction, as between real nodes.
resp::Value Cluster::Links() const {
  std::vector<resp::Value> links;
  for (const auto& [id, node] : nodes_) {
    if (id == self_id_) continue;
    for (const std::string_view direction : {"to", "from"})
      links.push_back(resp::Value::Map(
          {resp::Value::Bulk("direction"), resp::Value::Bulk(direction), resp::Value::Bulk("node"),
           resp::Value::Bulk(id), resp::Value::Bulk("create-time"),
           resp::Value::Integer(server_.started_at_ms), resp::Value::Bulk("events"),
           resp::Value::Bulk("r"), resp::Value::Bulk("send-buffer-allocated"),
           resp::Value::Integer(0), resp::Value::Bulk("send-buffer-used"),
           resp::Value::Integer(0)}));
  }
  return resp::Value::Array(std::move(links));
}

}  // namespace modcert::engine
