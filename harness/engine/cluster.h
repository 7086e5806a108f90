// A server as a node of a cluster, and the cluster that lives in one process.
//
// Each node has its own view: which nodes there are, and which of them serves a slot. A command
// changes the view of the node that it is sent to; the others learn of it when the nodes talk to
// each other, which a ClusterNetwork lets them do in one go (between real nodes it takes about a
// second). There are no votes, and no node is ever out of reach.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/cluster_slot.h"
#include "resp/value.h"

namespace modcert::engine {

class Client;
class Cluster;
class Server;
struct Command;

// What one node knows of another, or of itself.
struct ClusterNode {
  std::string id;
  std::string host;
  int port = 0;
  int bus_port = 0;
  int64_t epoch = 0;       // of a primary's claim to its slots
  std::string primary_id;  // whom it replicates; empty: a primary itself

  bool is_primary() const { return primary_id.empty(); }
};

// What a module of one node sends to its like on another.
struct ModuleMessage {
  std::string sender_id;
  uint64_t module_id;  // made of the module's name
  uint8_t type;
  std::string payload;
};

// The nodes of this process that can reach each other. Owned by whoever builds the servers, and
// outlives them.
class ClusterNetwork {
 public:
  void Add(Cluster& node) { nodes_.push_back(&node); }
  void Remove(const Cluster& node) { std::erase(nodes_, &node); }
  Cluster* FindByPort(int port) const;
  Cluster* FindById(std::string_view id) const;
  std::span<Cluster* const> nodes() const { return nodes_; }
  // Time passes: what was asked of a node comes about, all tell each other what they know, and
  // messages of modules arrive.
  void Exchange();

 private:
  friend class Cluster;
  struct Letter {
    std::string target_id;
    ModuleMessage message;
  };

  void DeliverLetters();

  std::vector<Cluster*> nodes_;
  std::vector<Letter> letters_;  // of modules, under way
};

// Why a node does not run a command itself, with the error that the client gets.
struct ClusterRefusal {
  enum class Reason { kElsewhere, kCrossSlot, kTryAgain, kUnserved, kDown, kDownForWrites };
  Reason reason;
  std::string text;
};

// Owned by Server; there is none when cluster support is disabled.
class Cluster {
 public:
  Cluster(Server& server, ClusterNetwork& network, ClusterNode self);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  // ---- The view.
  const ClusterNode& self() const { return nodes_.at(self_id_); }
  const std::map<std::string, ClusterNode>& nodes() const { return nodes_; }
  const ClusterNode* Find(std::string_view id) const;
  // Who serves a slot, or null.
  const ClusterNode* OwnerOf(int slot) const;
  bool is_mine(int slot) const { return owners_[static_cast<size_t>(slot)] == self_id_; }
  bool HasSlots(std::string_view id) const;
  // First and last of each range of slots that a node serves.
  std::vector<std::pair<int, int>> RangesOf(std::string_view id) const;
  std::vector<const ClusterNode*> ReplicasOf(std::string_view id) const;
  int64_t current_epoch() const { return current_epoch_; }
  // Every slot is served, or need not be.
  bool is_ok() const;
  int AssignedCount() const;
  // The primaries that serve a slot.
  int Size() const;
  const std::map<int, std::string>& migrating() const { return migrating_; }
  const std::map<int, std::string>& importing() const { return importing_; }

  // ---- Changes, of which the others hear in the next exchange.
  // At the start: a node that is known already.
  void Know(const ClusterNode& node, std::span<const std::pair<int, int>> slots);
  void Assign(int slot, const std::string& id);
  void Unassign(int slot);
  void SetMigrating(int slot, const std::string& id) { migrating_[slot] = id; }
  void SetImporting(int slot, const std::string& id) { importing_[slot] = id; }
  void StopImporting(int slot) { importing_.erase(slot); }
  void SetStable(int slot);
  // SETSLOT NODE: the slot is another's now, or has come here.
  void HandOver(int slot, const std::string& id);
  // A new epoch for this node's claims, unless it has the greatest already.
  bool BumpEpoch();
  // When it is alone and has none yet.
  void SetEpoch(int64_t epoch);
  void ReplicateFrom(const std::string& id);
  // A replica takes the place of its primary: in the next exchange, or at once.
  void RequestFailover() { wants_failover_ = true; }
  void TakeOver();
  void Meet(int port) { met_ports_.push_back(port); }
  void Forget(const std::string& id);
  enum class ResetKind { kSoft, kHard };
  void Reset(ResetKind kind);

  // ---- Keys.
  // Newest first.
  std::vector<std::string> KeysIn(int slot) const;

  // ---- Commands.
  // Nothing: this node runs it. With `asking`, or for a command that implies it, that includes a
  // slot that is being imported.
  std::optional<ClusterRefusal> RefusalOf(const Client& client, const Command& command,
                                          std::span<const std::string> args) const;
  // The slot of the first key of a call.
  static std::optional<int> SlotOfCall(const Command& command, std::span<const std::string> args);
  // PUBLISH: the clients of other nodes get it too; of a shard channel those of its replicas and
  // primary.
  enum class Audience { kAll, kShard };
  void Broadcast(std::string_view channel, std::string_view message, Audience audience) const;

  // ---- Modules.
  // To the node of that id, or with an empty one to all that are known. False when there is none.
  bool SendToModules(std::string_view target_id, ModuleMessage message);
  // What modules have switched off: redirections, and failovers of this node.
  void SwitchOff(bool failover, bool redirection) {
    no_failover_ |= failover;
    no_redirection_ |= redirection;
  }

  // ---- What CLUSTER says.
  std::string InfoText() const;
  std::string NodesText() const;
  std::string LineOf(const ClusterNode& node) const;
  resp::Value Slots() const;
  resp::Value Shards() const;
  resp::Value Links() const;

 private:
  friend class ClusterNetwork;

  struct KeyUse;
  std::string NewId();
  int64_t MaxEpoch() const;
  void Learn(const Cluster& sender);
  void LearnNode(const ClusterNode& node);
  void LearnSlots(const Cluster& sender);
  void SettleSameEpoch(const ClusterNode& other);
  void MeetAll();
  void Tell() const;
  void TellModulesOfChanges();
  void RedirectWaiting();
  void DeleteKeysIn(int slot);
  void DropSubscriptionsIn(int slot);
  std::optional<ClusterRefusal> RefusalOfSlot(const Client& client, const KeyUse& use) const;
  ClusterRefusal Elsewhere(std::string_view code, int slot, const std::string& id) const;
  int64_t OffsetOf(const ClusterNode& node) const;
  resp::Value ShardOf(const ClusterNode& primary) const;

  Server& server_;
  ClusterNetwork& network_;
  std::string self_id_;
  std::map<std::string, ClusterNode> nodes_;  // itself as well
  std::vector<std::string> owners_;           // id by slot; empty: nobody
  std::map<int, std::string> migrating_;      // to whom
  std::map<int, std::string> importing_;      // from whom
  std::map<std::string, int64_t> forgotten_;  // not to be learned of again until then
  std::vector<int> met_ports_;
  int64_t current_epoch_ = 0;
  // The view as modules know it; none before somebody wants to hear of it.
  struct ToldView {
    std::map<std::string, std::string> primaries;  // by id of the node
    uint64_t slots = 0;                            // a digest of who serves what
    bool is_ok = false;
  };
  std::optional<ToldView> told_;
  bool wants_failover_ = false;
  bool no_failover_ = false;
  bool no_redirection_ = false;
};

}  // namespace modcert::engine
