// CLUSTER ADDSLOTS, DELSLOTS, SETSLOT and kin: which node serves which slot, as this one sees it.

#include <array>

#include "base/parse_number.h"
#include "engine/cluster.h"
#include "engine/commands/cluster_args.h"
#include "engine/commands/option_word.h"
#include "engine/commands/tables.h"
#include "engine/replication.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

Found<int> SlotArg(const CommandCall& call, int index) {
  const std::optional<int64_t> slot = ParseInteger(call.arg(index));
  if (!slot || *slot < 0 || *slot >= kSlotCount)
    return Reply::Error("ERR Invalid or out of range slot");
  return static_cast<int>(*slot);
}

enum class Change { kAdd, kDelete };

// All of the ranges, or the error about the first that cannot be.
Reply ChangeRanges(CommandCall& call, Change change,
                   const std::vector<std::pair<int, int>>& ranges) {
  Cluster& cluster = *call.server.cluster;
  std::vector<bool> named(kSlotCount);
  for (const auto& [first, last] : ranges) {
    for (int slot = first; slot <= last; ++slot) {
      const bool served = cluster.OwnerOf(slot) != nullptr;
      if (change == Change::kAdd && served)
        return Reply::Error(fmt::format("ERR Slot {} is already busy", slot));
      if (change == Change::kDelete && !served)
        return Reply::Error(fmt::format("ERR Slot {} is already unassigned", slot));
      if (named[static_cast<size_t>(slot)])
        return Reply::Error(fmt::format("ERR Slot {} specified multiple times", slot));
      named[static_cast<size_t>(slot)] = true;
    }
  }
  for (int slot = 0; slot < kSlotCount; ++slot) {
    if (!named[static_cast<size_t>(slot)]) continue;
    if (change == Change::kDelete) {
      cluster.Unassign(slot);
      continue;
    }
    cluster.Assign(slot, cluster.self().id);
    cluster.StopImporting(slot);
  }
  return Reply::Ok();
}

template <Change change>
Reply ChangeSlots(CommandCall& call) {
  std::vector<std::pair<int, int>> ranges;
  for (int i = 2; i < call.argc(); ++i) {
    const auto slot = SlotArg(call, i);
    if (!slot) return slot.error();
    ranges.emplace_back(*slot, *slot);
  }
  return ChangeRanges(call, change, ranges);
}

template <Change change>
Reply ChangeSlotRanges(CommandCall& call) {
  if (call.argc() % 2 == 1) return Reply::WrongArity(call.command.name);
  std::vector<std::pair<int, int>> ranges;
  for (int i = 2; i < call.argc(); i += 2) {
    const auto first = SlotArg(call, i);
    if (!first) return first.error();
    const auto last = SlotArg(call, i + 1);
    if (!last) return last.error();
    if (*first > *last)
      return Reply::Error(fmt::format("ERR start slot number {} is greater than end slot number {}",
                                      *first, *last));
    ranges.emplace_back(*first, *last);
  }
  return ChangeRanges(call, change, ranges);
}

// CLUSTER FLUSHSLOTS
Reply FlushSlots(CommandCall& call) {
  if (call.server.keyspace.size(0) > 0)
    return Reply::Error("ERR DB must be empty to perform CLUSTER FLUSHSLOTS.");
  Cluster& cluster = *call.server.cluster;
  for (int slot = 0; slot < kSlotCount; ++slot)
    if (cluster.is_mine(slot)) cluster.Unassign(slot);
  return Reply::Ok();
}

// The node that a slot goes to or comes from, or the error.
Found<const ClusterNode*> PrimaryArg(CommandCall& call, std::string_view unknown) {
  const ClusterNode* node = call.server.cluster->Find(call.arg(4));
  if (!node) return Reply::Error(fmt::format("ERR {} {}", unknown, call.arg(4)));
  if (!node->is_primary()) return Reply::Error("ERR Target node is not a master");
  return node;
}

Reply SetMigrating(CommandCall& call, int slot) {
  if (!call.server.cluster->is_mine(slot))
    return Reply::Error(fmt::format("ERR I'm not the owner of hash slot {}", slot));
  const auto to = PrimaryArg(call, "I don't know about node");
  if (!to) return to.error();
  call.server.cluster->SetMigrating(slot, (*to)->id);
  return Reply::Ok();
}

Reply SetImporting(CommandCall& call, int slot) {
  if (call.server.cluster->is_mine(slot))
    return Reply::Error(fmt::format("ERR I'm already the owner of hash slot {}", slot));
  const auto from = PrimaryArg(call, "I don't know about node");
  if (!from) return from.error();
  call.server.cluster->SetImporting(slot, (*from)->id);
  return Reply::Ok();
}

Reply SetNode(CommandCall& call, int slot) {
  Cluster& cluster = *call.server.cluster;
  const auto node = PrimaryArg(call, "Unknown node");
  if (!node) return node.error();
  const std::string id = (*node)->id;
  if (cluster.is_mine(slot) && id != cluster.self().id && !cluster.KeysIn(slot).empty())
    return Reply::Error(
        fmt::format("ERR Can't assign hashslot {} to a different node while I still hold keys for "
                    "this hash slot.",
                    slot));
  cluster.HandOver(slot, id);
  return Reply::Ok();
}

// CLUSTER SETSLOT slot MIGRATING|IMPORTING|NODE node-id, CLUSTER SETSLOT slot STABLE
Reply SetSlot(CommandCall& call) {
  Cluster& cluster = *call.server.cluster;
  if (!cluster.self().is_primary())
    return Reply::Error("ERR Please use SETSLOT only with masters.");
  const auto slot = SlotArg(call, 2);
  if (!slot) return slot.error();
  const std::string& action = call.arg(3);
  if (call.argc() == 5 && IsOption(action, "MIGRATING")) return SetMigrating(call, *slot);
  if (call.argc() == 5 && IsOption(action, "IMPORTING")) return SetImporting(call, *slot);
  if (call.argc() == 5 && IsOption(action, "NODE")) return SetNode(call, *slot);
  if (call.argc() != 4 || !IsOption(action, "STABLE"))
    return Reply::Error(
        "ERR Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP");
  cluster.SetStable(*slot);
  return Reply::Ok();
}

constexpr CommandRow kTable[] = {
    {.name = "cluster|addslots", .run = InCluster<ChangeSlots<Change::kAdd>>},
    {.name = "cluster|addslotsrange", .run = InCluster<ChangeSlotRanges<Change::kAdd>>},
    {.name = "cluster|delslots", .run = InCluster<ChangeSlots<Change::kDelete>>},
    {.name = "cluster|delslotsrange", .run = InCluster<ChangeSlotRanges<Change::kDelete>>},
    {.name = "cluster|flushslots", .run = InCluster<FlushSlots>},
    {.name = "cluster|setslot", .run = InCluster<SetSlot>},
};

}  // namespace

std::span<const CommandRow> ClusterSlotCommands() { return kTable; }

}  // namespace modcert::engine
