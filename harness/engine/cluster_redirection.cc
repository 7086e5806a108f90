// Whether a node runs a command itself: by the slots of its keys, and by what becomes of them.

#include "engine/cluster.h"
#include "engine/scripting/scripting.h"
#include "engine/server.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

using Reason = ClusterRefusal::Reason;

bool IsOfShardChannels(const Command& command) {
  return command.name == "ssubscribe" || command.name == "sunsubscribe" ||
         command.name == "spublish";
}

bool IsThere(Server& server, const std::string& key) {
  const Entry* entry = server.keyspace.Peek(0, key);
  return entry && !server.keyspace.IsExpired(*entry);
}

// A script with flags writes, unless they say otherwise; one without may do either, and is looked
// at command by command.
bool IsWritingScript(Server& server, const Command& command, std::span<const std::string> args) {
  using scripting::EvalSource;
  if (!server.scripting_if_any() && command.name != "eval") return false;
  std::optional<uint64_t> flags;
  if (command.name == "eval") {
    const auto parsed = scripting::ParseEvalSource(args[1]);
    if (const auto* source = std::get_if<EvalSource>(&parsed)) flags = source->flags;
  } else if (command.name == "evalsha") {
    if (const auto* script = server.scripting().eval.Find(args[1])) flags = script->flags;
  } else if (command.name == "fcall") {
    if (const auto* function = server.scripting().functions.FindFunction(args[1]))
      flags = function->flags;
  }
  return flags && (*flags & (scripting::kCompatibility | scripting::kNoWrites)) == 0;
}

}  // namespace

// What a command, or all those of a transaction, want to do with which slot.
struct Cluster::KeyUse {
  std::optional<int> slot;
  std::string first_key;
  bool crosses_slots = false;
  bool has_other_keys = false;  // besides the first
  int present = 0;              // how many of them are there, and how many are not
  int missing = 0;
  bool writes = false;
  bool asks = false;  // the command implies ASKING
  bool migrates = false;
  bool is_of_channels = false;

  void Add(const Command& command, std::span<const std::string> args, Server& server) {
    writes |= command.Has(kCommandWrite) || IsWritingScript(server, command, args);
    asks |= command.Has(kCommandAsking);
    migrates |= command.name == "migrate";
    is_of_channels |= IsOfShardChannels(command);
    const auto positions = KeyPositions(command, args);
    if (!positions) return;
    for (const KeyPosition& position : *positions) {
      const std::string& key = args[static_cast<size_t>(position.position)];
      if (!slot) {
        slot = SlotOf(key);
        first_key = key;
      } else if (SlotOf(key) != *slot) {
        crosses_slots = true;
        return;
      } else if (key != first_key) {
        has_other_keys = true;
      }
      ++(IsThere(server, key) ? present : missing);
    }
  }
};

std::optional<int> Cluster::SlotOfCall(const Command& command, std::span<const std::string> args) {
  const auto positions = KeyPositions(command, args);
  if (!positions || positions->empty()) return std::nullopt;
  return SlotOf(args[static_cast<size_t>(positions->front().position)]);
}

std::optional<ClusterRefusal> Cluster::RefusalOf(const Client& client, const Command& command,
                                                 std::span<const std::string> args) const {
  KeyUse use;
  if (command.name == "exec") {
    for (const Client::QueuedCommand& queued : client.transaction.queue)
      use.Add(*queued.command, queued.args, server_);
  } else {
    use.Add(command, args, server_);
  }
  // cluster.flags-no-redirection: every node runs everything.
  if (!use.slot || no_redirection_) return std::nullopt;
  return RefusalOfSlot(client, use);
}

// In the order of a real server.
std::optional<ClusterRefusal> Cluster::RefusalOfSlot(const Client& client,
                                                     const KeyUse& use) const {
  const int slot = *use.slot;
  const ClusterNode* owner = OwnerOf(slot);
  if (!owner) return ClusterRefusal{Reason::kUnserved, "CLUSTERDOWN Hash slot not served"};
  if (use.crosses_slots)
    return ClusterRefusal{Reason::kCrossSlot,
                          "CROSSSLOT Keys in request don't hash to the same slot"};
  if (!is_ok()) {
    const bool reads = server_.config.Get("cluster-allow-reads-when-down") == "yes";
    const bool channels = server_.config.Get("cluster-allow-pubsubshard-when-down") == "yes";
    if (use.is_of_channels ? !channels : !reads)
      return ClusterRefusal{Reason::kDown, "CLUSTERDOWN The cluster is down"};
    if (!use.is_of_channels && use.writes)
      return ClusterRefusal{Reason::kDownForWrites,
                            "CLUSTERDOWN The cluster is down and only accepts read commands"};
  }
  const bool mine = owner->id == self_id_;
  const auto migrating = migrating_.find(slot);
  const bool leaves = mine && migrating != migrating_.end();
  const bool comes = !leaves && importing_.contains(slot);
  if ((leaves || comes) && use.migrates) return std::nullopt;
  const ClusterRefusal try_again{Reason::kTryAgain,
                                 "TRYAGAIN Multiple keys request during rehashing of slot"};
  const int missing = use.is_of_channels ? 0 : use.missing;
  if (leaves && missing > 0) {
    if (use.present > 0) return try_again;
    return Elsewhere("ASK", slot, migrating->second);
  }
  if (comes && (client.asking || use.asks)) {
    if (use.has_other_keys && missing > 0) return try_again;
    return std::nullopt;
  }
  if (mine) return std::nullopt;
  const bool may_read = client.reads_from_replica && (use.is_of_channels || !use.writes);
  if (may_read && self().primary_id == owner->id) return std::nullopt;
  return Elsewhere("MOVED", slot, owner->id);
}

ClusterRefusal Cluster::Elsewhere(std::string_view code, int slot, const std::string& id) const {
  const ClusterNode* node = Find(id);
  return {Reason::kElsewhere,
          fmt::format("{} {} {}:{}", code, slot, node ? node->host : "", node ? node->port : 0)};
}

}  // namespace modcert::engine
