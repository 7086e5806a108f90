// XINFO: streams, their groups and consumers, from the inside.

#include <fmt/format.h>

#include <algorithm>

#include "engine/command_call.h"
#include "engine/commands/stream_reply.h"
#include "engine/commands/tables.h"
#include "engine/value/radix_tree_shape.h"

namespace modcert::engine {
namespace {

using resp::Value;

void AddField(std::vector<Value>& map, std::string_view name, Value value) {
  map.push_back(Value::Bulk(name));
  map.push_back(std::move(value));
}

template <typename Number>
Value Integer(Number number) {
  return Value::Integer(static_cast<int64_t>(number));
}

void AddReadCounters(std::vector<Value>& map, const Stream& stream, const ConsumerGroup& group) {
  const bool is_known = group.entries_read != ConsumerGroup::kUnknown;
  AddField(map, "entries-read", is_known ? Value::Integer(group.entries_read) : Value::Null());
  const std::optional<int64_t> lag = stream.LagOf(group);
  AddField(map, "lag", lag ? Value::Integer(*lag) : Value::Null());
}

// --- XINFO STREAM

void AddStreamFields(std::vector<Value>& map, const Stream& stream) {
  AddField(map, "length", Integer(stream.size()));
  AddField(map, "radix-tree-keys", Integer(stream.nodes().size()));
  AddField(map, "radix-tree-nodes", Integer(RadixTreeNodeCount(RadixTreeKeys(stream.nodes()))));
  AddField(map, "last-generated-id", StreamIdReply(stream.last_id()));
  AddField(map, "max-deleted-entry-id", StreamIdReply(stream.max_deleted_id()));
  AddField(map, "entries-added", Integer(stream.entries_added()));
  AddField(map, "recorded-first-entry-id", StreamIdReply(stream.first_id()));
}

// True when `count` have been listed; 0 lists all.
bool IsFull(const std::vector<Value>& list, int64_t count) {
  return count != 0 && std::cmp_greater_equal(list.size(), count);
}

Value GroupPendingReply(const ConsumerGroup& group, int64_t count) {
  std::vector<Value> pending;
  for (const auto& [id, entry] : group.pending()) {
    if (IsFull(pending, count)) break;
    pending.push_back(
        Value::Array({StreamIdReply(id), Value::Bulk(entry.consumer),
                      Value::Integer(entry.delivered_at_ms), Integer(entry.delivery_count)}));
  }
  return Value::Array(std::move(pending));
}

Value ConsumerReply(const ConsumerGroup& group, const std::string& name, const Consumer& consumer,
                    int64_t count) {
  std::vector<Value> map;
  AddField(map, "name", Value::Bulk(name));
  AddField(map, "seen-time", Value::Integer(consumer.seen_at_ms));
  AddField(map, "pel-count", Integer(consumer.pending.size()));
  std::vector<Value> pending;
  for (const StreamId& id : consumer.pending) {
    if (IsFull(pending, count)) break;
    const PendingEntry& entry = group.pending().at(id);
    pending.push_back(Value::Array(
        {StreamIdReply(id), Value::Integer(entry.delivered_at_ms), Integer(entry.delivery_count)}));
  }
  AddField(map, "pending", Value::Array(std::move(pending)));
  return Value::Map(std::move(map));
}

Value FullGroupReply(const Stream& stream, const std::string& name, const ConsumerGroup& group,
                     int64_t count) {
  std::vector<Value> map;
  AddField(map, "name", Value::Bulk(name));
  AddField(map, "last-delivered-id", StreamIdReply(group.last_id));
  AddReadCounters(map, stream, group);
  AddField(map, "pel-count", Integer(group.pending().size()));
  AddField(map, "pending", GroupPendingReply(group, count));
  std::vector<Value> consumers;
  for (const auto& [consumer_name, consumer] : group.consumers())
    consumers.push_back(ConsumerReply(group, consumer_name, consumer, count));
  AddField(map, "consumers", Value::Array(std::move(consumers)));
  return Value::Map(std::move(map));
}

Reply FullStreamReply(const Stream& stream, int64_t count) {
  std::vector<Value> map;
  AddStreamFields(map, stream);
  AddField(map, "entries",
           StreamRangeReply(stream, kStreamIdMin, kStreamIdMax, static_cast<uint64_t>(count)));
  std::vector<Value> groups;
  for (const auto& [name, group] : stream.groups())
    groups.push_back(FullGroupReply(stream, name, group, count));
  AddField(map, "groups", Value::Array(std::move(groups)));
  return Value::Map(std::move(map));
}

Value EdgeReply(const StreamEntry* entry) {
  return entry ? StreamEntryReply(*entry) : Value::Null();
}

Reply ShortStreamReply(const Stream& stream) {
  std::vector<Value> map;
  AddStreamFields(map, stream);
  AddField(map, "groups", Integer(stream.groups().size()));
  AddField(map, "first-entry", EdgeReply(stream.First()));
  AddField(map, "last-entry", EdgeReply(stream.Last()));
  return Value::Map(std::move(map));
}

Reply WrongInfoUsage(const CommandCall& call) {
  return Reply::Error(
      fmt::format("ERR unknown subcommand or wrong number of arguments for '{}'. Try XINFO HELP.",
                  std::string_view(call.arg(1)).substr(0, 128)));
}

// The stream of the second argument; the key has to exist.
Found<const Stream*> FindStream(CommandCall& call) {
  auto stream = call.Read<Stream>(call.arg(2));
  if (!stream) return stream.error();
  if (!*stream) return Reply::NoSuchKey();
  return *stream;
}

// XINFO STREAM key [FULL [COUNT count]]
Reply InfoStream(CommandCall& call) {
  const auto stream = FindStream(call);
  if (!stream) return stream.error();
  if (call.argc() == 3) return ShortStreamReply(**stream);
  if ((call.argc() != 4 && call.argc() != 6) || !call.ArgIs(3, "FULL")) return WrongInfoUsage(call);
  int64_t count = 10;
  if (call.argc() == 6) {
    if (!call.ArgIs(4, "COUNT")) return WrongInfoUsage(call);
    const auto number = call.IntegerArg(5);
    if (!number) return number.error();
    if (*number >= 0) count = *number;
  }
  return FullStreamReply(**stream, count);
}

// XINFO GROUPS key
Reply InfoGroups(CommandCall& call) {
  const auto stream = FindStream(call);
  if (!stream) return stream.error();
  std::vector<Value> groups;
  for (const auto& [name, group] : (*stream)->groups()) {
    std::vector<Value> map;
    AddField(map, "name", Value::Bulk(name));
    AddField(map, "consumers", Integer(group.consumers().size()));
    AddField(map, "pending", Integer(group.pending().size()));
    AddField(map, "last-delivered-id", StreamIdReply(group.last_id));
    AddReadCounters(map, **stream, group);
    groups.push_back(Value::Map(std::move(map)));
  }
  return Reply::Array(std::move(groups));
}

// XINFO CONSUMERS key group
Reply InfoConsumers(CommandCall& call) {
  const auto stream = FindStream(call);
  if (!stream) return stream.error();
  const ConsumerGroup* group = (*stream)->FindGroup(call.arg(3));
  if (!group)
    return Reply::Error(fmt::format("NOGROUP No such consumer group '{}' for key name '{}'",
                                    call.arg(3).c_str(), call.arg(2).c_str()));
  std::vector<Value> consumers;
  for (const auto& [name, consumer] : group->consumers()) {
    std::vector<Value> map;
    AddField(map, "name", Value::Bulk(name));
    AddField(map, "pending", Integer(consumer.pending.size()));
    AddField(map, "idle", Integer(std::max<int64_t>(call.now_ms() - consumer.seen_at_ms, 0)));
    consumers.push_back(Value::Map(std::move(map)));
  }
  return Reply::Array(std::move(consumers));
}

constexpr CommandRow kTable[] = {
    {.name = "xinfo|stream", .run = InfoStream},
    {.name = "xinfo|groups", .run = InfoGroups},
    {.name = "xinfo|consumers", .run = InfoConsumers},
};

}  // namespace

std::span<const CommandRow> StreamInfoCommands() { return kTable; }

}  // namespace modcert::engine
