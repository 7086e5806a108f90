// XGROUP, XACK and XPENDING: consumer groups themselves, and what their readers have not
// acknowledged.

#include <fmt/format.h>

#include <algorithm>

#include "engine/command_call.h"
#include "engine/commands/stream_groups.h"
#include "engine/commands/stream_id_arg.h"
#include "engine/commands/stream_reply.h"
#include "engine/commands/tables.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

using resp::Value;

Reply WrongGroupUsage(const CommandCall& call) {
  return Reply::Error(
      fmt::format("ERR unknown subcommand or wrong number of arguments for '{}'. Try XGROUP HELP.",
                  std::string_view(call.arg(1)).substr(0, 128)));
}

// A change of a group, of which those who watch the key hear nothing.
void GroupChanged(CommandCall& call, std::string_view event) {
  call.AddDirty(1);
  call.Notify(EventClass::kStream, event, call.arg(2));
}

struct GroupOptions {
  bool make_stream = false;
  int64_t entries_read = ConsumerGroup::kUnknown;
};

// The options of CREATE and SETID, from the fifth argument on.
std::optional<Reply> ParseGroupOptions(const CommandCall& call, bool is_create,
                                       GroupOptions& options) {
  for (int i = 5; i < call.argc(); ++i) {
    if (is_create && call.ArgIs(i, "MKSTREAM")) {
      options.make_stream = true;
    } else if (call.ArgIs(i, "ENTRIESREAD") && i + 1 < call.argc()) {
      const auto number = call.IntegerArg(++i);
      if (!number) return number.error();
      if (*number < 0 && *number != ConsumerGroup::kUnknown)
        return Reply::Error("ERR value for ENTRIESREAD must be positive or -1");
      options.entries_read = *number;
    } else {
      return WrongGroupUsage(call);
    }
  }
  return std::nullopt;
}

Reply NoKeyForGroup() {
  return Reply::Error(
      "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to "
      "use the MKSTREAM option to create an empty stream automatically.");
}

Reply NoGroup(const CommandCall& call) {
  return Reply::Error(fmt::format("NOGROUP No such consumer group '{}' for key name '{}'",
                                  call.arg(3).c_str(), call.arg(2).c_str()));
}

// The stream and the group that the second and third argument name; both have to exist.
Found<GroupPlace> FindGroup(CommandCall& call) {
  auto stream = call.OpenForWrite<Stream>(call.arg(2));
  if (!stream) return stream.error();
  if (!stream->exists()) return NoKeyForGroup();
  ConsumerGroup* group = (*stream)->FindGroup(call.arg(3));
  if (!group) return NoGroup(call);
  return GroupPlace{call.arg(2), call.arg(3), *group};
}

// XGROUP CREATE key group <id | $> [MKSTREAM] [ENTRIESREAD entries-read]
Reply GroupCreate(CommandCall& call) {
  GroupOptions options;
  if (const auto error = ParseGroupOptions(call, true, options)) return *error;
  auto stream = call.OpenForWrite<Stream>(call.arg(2));
  if (!stream) return stream.error();
  if (!stream->exists() && !options.make_stream) return NoKeyForGroup();
  if (call.argc() > 8) return WrongGroupUsage(call);
  std::optional<StreamId> id = ParseStreamId(call.arg(4));
  if (std::string_view(call.arg(4).c_str()) == "$")
    id = stream->exists() ? (*stream)->last_id() : StreamId();
  if (!id) return InvalidStreamId();
  if (!stream->exists()) call.Touched(call.arg(2));
  const auto [group, is_new] = stream->Create().groups().try_emplace(call.arg(3));
  if (!is_new) return Reply::Error("BUSYGROUP Consumer Group name already exists");
  group->second.last_id = *id;
  group->second.entries_read = options.entries_read;
  GroupChanged(call, "xgroup-create");
  return Reply::Ok();
}

// XGROUP SETID key group <id | $> [ENTRIESREAD entries-read]
Reply GroupSetId(CommandCall& call) {
  GroupOptions options;
  if (const auto error = ParseGroupOptions(call, false, options)) return *error;
  const auto place = FindGroup(call);
  if (!place) return place.error();
  if (call.argc() != 5 && call.argc() != 7) return WrongGroupUsage(call);
  std::optional<StreamId> id = ParseStreamIdOrEnd(call.arg(4));
  if (std::string_view(call.arg(4).c_str()) == "$")
    id = (**call.OpenForWrite<Stream>(call.arg(2))).last_id();
  if (!id) return InvalidStreamId();
  place->group.last_id = *id;
  place->group.entries_read = options.entries_read;
  GroupChanged(call, "xgroup-setid");
  return Reply::Ok();
}

// XGROUP DESTROY key group
Reply GroupDestroy(CommandCall& call) {
  auto stream = call.OpenForWrite<Stream>(call.arg(2));
  if (!stream) return stream.error();
  if (!stream->exists()) return NoKeyForGroup();
  if ((*stream)->groups().erase(call.arg(3)) == 0) return Reply::Integer(0);
  GroupChanged(call, "xgroup-destroy");
  // Who waits for news of the group is told that it is gone.
  if (call.server.blocking.AnybodyAwaits(stream->entry().value))
    call.server.blocking.KeyReady(call.client.db, call.arg(2));
  return Reply::Integer(1);
}

// XGROUP CREATECONSUMER key group consumer
Reply GroupCreateConsumer(CommandCall& call) {
  const auto place = FindGroup(call);
  if (!place) return place.error();
  if (place->group.FindConsumer(call.arg(4))) return Reply::Integer(0);
  SeeConsumer(call, *place, call.arg(4));
  return Reply::Integer(1);
}

// XGROUP DELCONSUMER key group consumer
Reply GroupDeleteConsumer(CommandCall& call) {
  const auto place = FindGroup(call);
  if (!place) return place.error();
  if (!place->group.FindConsumer(call.arg(4))) return Reply::Integer(0);
  const size_t pending_count = place->group.RemoveConsumer(call.arg(4));
  GroupChanged(call, "xgroup-delconsumer");
  return Reply::Integer(static_cast<int64_t>(pending_count));
}

// XACK key group id [id ...]
Reply XAck(CommandCall& call) {
  auto found = call.Read<Stream>(call.arg(1));
  if (!found) return found.error();
  if (!*found || !(*found)->FindGroup(call.arg(2))) return Reply::Integer(0);
  std::vector<StreamId> ids;
  for (const std::string& text : call.args.subspan(3)) {
    const std::optional<StreamId> id = ParseStreamId(text);
    if (!id) return InvalidStreamId();
    ids.push_back(*id);
  }
  ConsumerGroup& group = *(**call.OpenForWrite<Stream>(call.arg(1))).FindGroup(call.arg(2));
  int64_t acknowledged = 0;
  for (const StreamId& id : ids) acknowledged += group.Acknowledge(id) ? 1 : 0;
  call.AddDirty(acknowledged);
  return Reply::Integer(acknowledged);
}

// --- XPENDING

struct PendingOptions {
  int64_t idle_ms_min = 0;
  StreamId start;
  StreamId end;
  int64_t count = 0;
  const std::string* consumer = nullptr;  // null: all
};

// Of "[IDLE min-idle-time] start end count [consumer]". What follows the consumer does not matter,
// as on a real server.
std::optional<Reply> ParsePendingOptions(const CommandCall& call, PendingOptions& options) {
  int start = 3;
  if (call.ArgIs(3, "IDLE")) {
    const auto idle_ms = call.IntegerArg(4);
    if (!idle_ms) return idle_ms.error();
    if (call.argc() < 8) return Reply::SyntaxError();
    options.idle_ms_min = *idle_ms;
    start = 5;
  }
  const auto count = call.IntegerArg(start + 2);
  if (!count) return count.error();
  options.count = std::max<int64_t>(*count, 0);
  if (auto error = ParseStreamStart(call.arg(start), options.start)) return error;
  if (auto error = ParseStreamEnd(call.arg(start + 1), options.end)) return error;
  if (start + 3 < call.argc()) options.consumer = &call.arg(start + 3);
  return std::nullopt;
}

// How many entries are pending, the ends of their range, and how many each consumer has.
Reply PendingSummary(const ConsumerGroup& group) {
  if (group.pending().empty())
    return Reply::Array({Value::Integer(0), Value::Null(), Value::Null(), Value::NullArray()});
  std::vector<Value> consumers;
  for (const auto& [name, consumer] : group.consumers())
    if (!consumer.pending.empty())
      consumers.push_back(
          Value::Array({Value::Bulk(name), Value::Bulk(std::to_string(consumer.pending.size()))}));
  return Reply::Array({Value::Integer(static_cast<int64_t>(group.pending().size())),
                       StreamIdReply(group.pending().begin()->first),
                       StreamIdReply(group.pending().rbegin()->first),
                       Value::Array(std::move(consumers))});
}

Reply PendingList(const ConsumerGroup& group, const PendingOptions& options, int64_t now_ms) {
  std::vector<Value> entries;
  for (auto it = group.pending().lower_bound(options.start);
       it != group.pending().end() && it->first <= options.end; ++it) {
    if (std::cmp_greater_equal(entries.size(), options.count)) break;
    const PendingEntry& entry = it->second;
    if (options.consumer && entry.consumer != *options.consumer) continue;
    const int64_t idle_ms = now_ms - entry.delivered_at_ms;
    if (options.idle_ms_min != 0 && idle_ms < options.idle_ms_min) continue;
    entries.push_back(Value::Array({StreamIdReply(it->first), Value::Bulk(entry.consumer),
                                    Value::Integer(std::max<int64_t>(idle_ms, 0)),
                                    Value::Integer(static_cast<int64_t>(entry.delivery_count))}));
  }
  return Reply::Array(std::move(entries));
}

// XPENDING key group [[IDLE min-idle-time] start end count [consumer]]
Reply XPending(CommandCall& call) {
  if (call.argc() != 3 && (call.argc() < 6 || call.argc() > 9)) return Reply::SyntaxError();
  PendingOptions options;
  if (call.argc() > 3)
    if (const auto error = ParsePendingOptions(call, options)) return *error;
  auto stream = call.Read<Stream>(call.arg(1));
  if (!stream) return stream.error();
  const ConsumerGroup* group = *stream ? (*stream)->FindGroup(call.arg(2)) : nullptr;
  if (!group)
    return Reply::Error(fmt::format("NOGROUP No such key '{}' or consumer group '{}'",
                                    call.arg(1).c_str(), call.arg(2).c_str()));
  if (call.argc() == 3) return PendingSummary(*group);
  return PendingList(*group, options, call.now_ms());
}

constexpr CommandRow kTable[] = {
    {.name = "xgroup|create", .run = GroupCreate},
    {.name = "xgroup|setid", .run = GroupSetId},
    {.name = "xgroup|destroy", .run = GroupDestroy},
    {.name = "xgroup|createconsumer", .run = GroupCreateConsumer},
    {.name = "xgroup|delconsumer", .run = GroupDeleteConsumer},
    {.name = "xack", .run = XAck},
    {.name = "xpending", .run = XPending},
};

}  // namespace

std::span<const CommandRow> StreamGroupCommands() { return kTable; }

}  // namespace modcert::engine
