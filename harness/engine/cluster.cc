#include "engine/cluster.h"

#include <algorithm>

#include "base/crc64.h"
#include "engine/replication.h"
#include "engine/server.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

constexpr size_t kIdSize = 40;
constexpr int64_t kForgetMs = 60'000;  // so long a node that was forgotten is not met again

}  // namespace

// ---- The network.

Cluster* ClusterNetwork::FindByPort(int port) const {
  const auto found =
      std::ranges::find_if(nodes_, [&](const Cluster* node) { return node->self().port == port; });
  return found == nodes_.end() ? nullptr : *found;
}

Cluster* ClusterNetwork::FindById(std::string_view id) const {
  const auto found =
      std::ranges::find_if(nodes_, [&](const Cluster* node) { return node->self().id == id; });
  return found == nodes_.end() ? nullptr : *found;
}

void ClusterNetwork::Exchange() {
  for (Cluster* node : nodes_) node->MeetAll();
  for (Cluster* node : nodes_)
    if (std::exchange(node->wants_failover_, false) && !node->no_failover_) node->TakeOver();
  // What one has learned in the first round the others learn in the second.
  for (int round = 0; round < 2; ++round)
    for (const Cluster* node : nodes_) node->Tell();
  for (Cluster* node : nodes_) node->RedirectWaiting();
  for (Cluster* node : nodes_) node->TellModulesOfChanges();
  DeliverLetters();
}

// An answer that a module sends at once is under way until the next exchange.
void ClusterNetwork::DeliverLetters() {
  for (const Letter& letter : std::exchange(letters_, {}))
    for (Cluster* node : nodes_)
      if (node->self_id_ == letter.target_id && node->server_.on_module_message)
        node->server_.on_module_message(letter.message);
}

// ---- The view.

Cluster::Cluster(Server& server, ClusterNetwork& network, ClusterNode self)
    : server_(server), network_(network), self_id_(self.id), owners_(kSlotCount) {
  if (self_id_.empty()) self.id = self_id_ = NewId();
  current_epoch_ = self.epoch;
  nodes_.emplace(self_id_, std::move(self));
  network.Add(*this);
}

Cluster::~Cluster() { network_.Remove(*this); }

std::string Cluster::NewId() {
  Random random(Crc64(static_cast<uint64_t>(current_epoch_), server_.run_id + self_id_));
  std::string id;
  while (id.size() < kIdSize) id += "0123456789abcdef"[random.Below(16)];
  return id;
}

const ClusterNode* Cluster::Find(std::string_view id) const {
  const auto found = nodes_.find(std::string(id));
  return found == nodes_.end() ? nullptr : &found->second;
}

const ClusterNode* Cluster::OwnerOf(int slot) const {
  const std::string& id = owners_[static_cast<size_t>(slot)];
  return id.empty() ? nullptr : Find(id);
}

bool Cluster::HasSlots(std::string_view id) const {
  return std::ranges::find(owners_, id) != owners_.end();
}

std::vector<std::pair<int, int>> Cluster::RangesOf(std::string_view id) const {
  std::vector<std::pair<int, int>> ranges;
  for (int slot = 0; slot < kSlotCount; ++slot) {
    if (owners_[static_cast<size_t>(slot)] != id) continue;
    if (!ranges.empty() && ranges.back().second == slot - 1)
      ranges.back().second = slot;
    else
      ranges.emplace_back(slot, slot);
  }
  return ranges;
}

std::vector<const ClusterNode*> Cluster::ReplicasOf(std::string_view id) const {
  std::vector<const ClusterNode*> replicas;
  for (const auto& [node_id, node] : nodes_)
    if (node.primary_id == id) replicas.push_back(&node);
  return replicas;
}

bool Cluster::is_ok() const {
  return server_.config.Get("cluster-require-full-coverage") == "no" ||
         AssignedCount() == kSlotCount;
}

int Cluster::AssignedCount() const {
  return static_cast<int>(
      std::ranges::count_if(owners_, [](const std::string& id) { return !id.empty(); }));
}

int Cluster::Size() const {
  return static_cast<int>(
      std::ranges::count_if(nodes_, [&](const auto& entry) { return HasSlots(entry.first); }));
}

int64_t Cluster::MaxEpoch() const {
  int64_t epoch = current_epoch_;
  for (const auto& [id, node] : nodes_) epoch = std::max(epoch, node.epoch);
  return epoch;
}

// ---- Changes.

void Cluster::Know(const ClusterNode& node, std::span<const std::pair<int, int>> slots) {
  nodes_.insert_or_assign(node.id, node);
  current_epoch_ = std::max(current_epoch_, node.epoch);
  for (const auto& [first, last] : slots)
    for (int slot = first; slot <= last; ++slot) Assign(slot, node.id);
}

void Cluster::Assign(int slot, const std::string& id) { owners_[static_cast<size_t>(slot)] = id; }

void Cluster::Unassign(int slot) {
  owners_[static_cast<size_t>(slot)].clear();
  DropSubscriptionsIn(slot);
}

void Cluster::SetStable(int slot) {
  migrating_.erase(slot);
  importing_.erase(slot);
}

void Cluster::HandOver(int slot, const std::string& id) {
  if (KeysIn(slot).empty()) migrating_.erase(slot);
  const bool was_mine = is_mine(slot);
  Assign(slot, id);
  if (was_mine && id != self_id_) {
    DropSubscriptionsIn(slot);
    const bool may_follow = server_.config.Get("cluster-allow-replica-migration") == "yes";
    if (!HasSlots(self_id_) && may_follow) ReplicateFrom(id);
  }
  if (id != self_id_ || importing_.erase(slot) == 0) return;
  BumpEpoch();
  Tell();
}

bool Cluster::BumpEpoch() {
  ClusterNode& self = nodes_.at(self_id_);
  if (self.epoch != 0 && self.epoch == MaxEpoch()) return false;
  current_epoch_ = MaxEpoch() + 1;
  self.epoch = current_epoch_;
  return true;
}

void Cluster::SetEpoch(int64_t epoch) {
  nodes_.at(self_id_).epoch = epoch;
  current_epoch_ = std::max(current_epoch_, epoch);
}

void Cluster::ReplicateFrom(const std::string& id) {
  for (std::string& owner : owners_)
    if (owner == self_id_) owner.clear();
  ClusterNode& self = nodes_.at(self_id_);
  self.primary_id = id;
  migrating_.clear();
  importing_.clear();
  const ClusterNode& primary = nodes_.at(id);
  self.epoch = primary.epoch;
  server_.replication->Follow(primary.host, primary.port);
}

void Cluster::TakeOver() {
  ClusterNode& self = nodes_.at(self_id_);
  if (self.is_primary()) return;
  const std::string primary_id = std::exchange(self.primary_id, {});
  self.epoch = 0;
  BumpEpoch();
  for (std::string& owner : owners_)
    if (owner == primary_id) owner = self_id_;
  server_.replication->Promote();
  Tell();
}

void Cluster::Forget(const std::string& id) {
  forgotten_[id] = server_.clock.now_ms() + kForgetMs;
  for (std::string& owner : owners_)
    if (owner == id) owner.clear();
  std::erase_if(migrating_, [&](const auto& entry) { return entry.second == id; });
  std::erase_if(importing_, [&](const auto& entry) { return entry.second == id; });
  for (auto& [node_id, node] : nodes_)
    if (node.primary_id == id) node.primary_id.clear();
  nodes_.erase(id);
}

void Cluster::Reset(ResetKind kind) {
  if (!self().is_primary()) {
    nodes_.at(self_id_).primary_id.clear();
    server_.replication->Promote();
    server_.Empty(-1, FlushStep::Mode::kSync);
  }
  owners_.assign(kSlotCount, {});
  migrating_.clear();
  importing_.clear();
  ClusterNode self = nodes_.at(self_id_);
  nodes_.clear();
  if (kind == ResetKind::kHard) {
    current_epoch_ = 0;
    self.epoch = 0;
    self.id = self_id_ = NewId();
  }
  nodes_.emplace(self_id_, std::move(self));
}

// ---- What nodes tell each other.

void Cluster::MeetAll() {
  for (int port : std::exchange(met_ports_, {})) {
    Cluster* other = network_.FindByPort(port);
    if (!other || other == this) continue;
    forgotten_.erase(other->self_id_);
    other->forgotten_.erase(self_id_);
    nodes_.emplace(other->self_id_, other->self());
    other->nodes_.emplace(self_id_, self());
  }
}

void Cluster::Tell() const {
  for (Cluster* other : network_.nodes())
    if (other != this && other->Find(self_id_)) other->Learn(*this);
}

void Cluster::Learn(const Cluster& sender) {
  current_epoch_ = std::max(current_epoch_, sender.current_epoch_);
  LearnNode(sender.self());
  for (const auto& [id, node] : sender.nodes_)
    if (!Find(id)) LearnNode(node);
  if (!sender.self().is_primary()) return;
  LearnSlots(sender);
  SettleSameEpoch(sender.self());
}

void Cluster::LearnNode(const ClusterNode& node) {
  const auto forgotten = forgotten_.find(node.id);
  if (forgotten != forgotten_.end() && forgotten->second > server_.clock.now_ms()) return;
  ClusterNode& known = nodes_[node.id];
  const bool was_primary = known.is_primary();
  known = node;
  // A primary that has become a replica serves nothing.
  if (!was_primary || node.is_primary()) return;
  for (std::string& owner : owners_)
    if (owner == node.id) owner.clear();
}

// A claim with a greater epoch wins. Whoever loses the last slot to it becomes its replica, and so
// do the replicas of that one.
void Cluster::LearnSlots(const Cluster& sender) {
  const std::string& id = sender.self_id_;
  const std::string mine = self().is_primary() ? self_id_ : self().primary_id;
  bool lost = false;
  for (int slot = 0; slot < kSlotCount; ++slot) {
    if (!sender.is_mine(slot) || owners_[static_cast<size_t>(slot)] == id) continue;
    const ClusterNode* owner = OwnerOf(slot);
    const bool wins = !owner || owner->epoch < sender.self().epoch;
    if (!wins || importing_.contains(slot)) continue;
    if (owner && owner->id == mine) lost = true;
    if (is_mine(slot)) {
      DeleteKeysIn(slot);
      DropSubscriptionsIn(slot);
    }
    Assign(slot, id);
    migrating_.erase(slot);
  }
  if (lost && !HasSlots(mine) && id != self_id_ && self().primary_id != id) ReplicateFrom(id);
}

// Of two primaries with the same epoch the one whose id is less gets a new one.
void Cluster::SettleSameEpoch(const ClusterNode& other) {
  ClusterNode& self = nodes_.at(self_id_);
  if (!self.is_primary() || self.epoch != other.epoch || other.id <= self_id_) return;
  current_epoch_ = MaxEpoch() + 1;
  self.epoch = current_epoch_;
}

// hook.topology-changed: what has come about since the last exchange is one event.
void Cluster::TellModulesOfChanges() {
  if (!server_.events.wants<TopologyChanged>()) return told_.reset();
  ToldView now{.is_ok = is_ok()};
  for (const auto& [id, node] : nodes_) now.primaries[id] = node.primary_id;
  for (const std::string& owner : owners_) now.slots = Crc64(now.slots, owner + ' ');
  uint64_t flags = 0;
  if (told_ && now.slots != told_->slots) flags |= TopologyChanged::kSlot;
  if (told_ && now.is_ok != told_->is_ok) flags |= TopologyChanged::kState;
  if (told_ && now.primaries != told_->primaries) {
    const auto same_id = [](const auto& a, const auto& b) { return a.first == b.first; };
    const bool same_nodes = std::ranges::equal(now.primaries, told_->primaries, same_id);
    flags |= same_nodes ? TopologyChanged::kRole : TopologyChanged::kNode;
  }
  told_ = std::move(now);
  if (flags != 0) server_.events.Fire(TopologyChanged{flags});
}

// Who waits for a key that will not come here any more is told where it may.
void Cluster::RedirectWaiting() {
  std::vector<std::pair<Client*, std::string>> errors;
  for (const auto& [id, client] : server_.clients()) {
    if (!client->blocked || client->blocked->postponed) continue;
    for (const std::string& key : client->blocked->keys) {
      const int slot = SlotOf(key);
      const ClusterNode* owner = OwnerOf(slot);
      if (is_ok() && owner && (owner->id == self_id_ || importing_.contains(slot))) continue;
      errors.emplace_back(client.get(), !is_ok() ? "CLUSTERDOWN The cluster is down"
                                        : !owner ? "CLUSTERDOWN Hash slot not served"
                                                 : Elsewhere("MOVED", slot, owner->id).text);
      break;
    }
  }
  for (const auto& [client, error] : errors) {
    server_.blocking.Unblock(*client);
    client->Send(resp::Value::Error(error));
    server_.NoteUnblocked(*client);
  }
  if (!errors.empty()) server_.AfterUnit();
}

// ---- Keys and channels.

std::vector<std::string> Cluster::KeysIn(int slot) const {
  std::vector<std::string> keys;
  server_.keyspace.db(0).keys.ForEach([&](const std::string& key, const auto&) {
    if (SlotOf(key) == slot) keys.push_back(key);
  });
  std::ranges::reverse(keys);
  return keys;
}

// Another node has them now.
void Cluster::DeleteKeysIn(int slot) {
  for (const std::string& key : KeysIn(slot)) {
    server_.propagation.Add(0, {"DEL", key});
    server_.keyspace.Remove(0, key);
    server_.keyspace.Touched(0, key, nullptr);
  }
}

void Cluster::DropSubscriptionsIn(int slot) {
  for (const auto& [id, client] : server_.clients()) {
    const auto subscriptions = client->subscriptions;
    for (const auto& [kind, channel] : subscriptions) {
      if (kind != PubSub::Kind::kShardChannel || SlotOf(channel) != slot) continue;
      server_.pubsub.Unsubscribe(*client, kind, channel);
      const auto left = std::ranges::count_if(client->subscriptions, [](const auto& subscription) {
        return subscription.first == PubSub::Kind::kShardChannel;
      });
      client->Send(resp::Value::Push({resp::Value::Bulk("sunsubscribe"), resp::Value::Bulk(channel),
                                      resp::Value::Integer(left)}));
    }
  }
}

bool Cluster::SendToModules(std::string_view target_id, ModuleMessage message) {
  const bool to_all = target_id.empty();
  if (!to_all && (!Find(target_id) || target_id == self_id_)) return false;
  for (const auto& [id, node] : nodes_)
    if (id != self_id_ && (to_all || id == target_id)) network_.letters_.push_back({id, message});
  return true;
}

void Cluster::Broadcast(std::string_view channel, std::string_view message,
                        Audience audience) const {
  const auto shard_of = [](const ClusterNode& node) {
    return node.is_primary() ? node.id : node.primary_id;
  };
  for (Cluster* other : network_.nodes()) {
    if (other == this || !Find(other->self_id_)) continue;
    if (audience == Audience::kAll)
      other->server_.pubsub.Publish(channel, message);
    else if (shard_of(other->self()) == shard_of(self()))
      other->server_.pubsub.PublishShard(channel, message);
  }
}

}  // namespace modcert::engine
