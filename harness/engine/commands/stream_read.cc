// XREAD and XREADGROUP: the news of several streams, or the wait for them.

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/block_on_keys.h"
#include "engine/commands/stream_groups.h"
#include "engine/commands/stream_id_arg.h"
#include "engine/commands/stream_reply.h"
#include "engine/commands/tables.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

using resp::Value;

// How a reader gets at a stream: by itself, or as a consumer of a group.
enum class Reader { kAlone, kGroup };

// The options in front of the keys.
struct ReadOptions {
  std::optional<int64_t> deadline_ms;  // BLOCK; 0: waits for ever
  uint64_t count = 0;                  // 0: no limit
  bool no_ack = false;
  std::string group;
  std::string consumer;
  int first_key = 0;
  int key_count = 0;
};

// A stream of the call, and what of it is wanted: entries above `after`, or, for a group, whatever
// it has not delivered yet.
struct ReadPlace {
  std::string key;
  StreamId after;
  bool wants_new = false;  // ">"
};

std::optional<Reply> ParseBlock(const CommandCall& call, std::string_view text,
                                std::optional<int64_t>& deadline_ms) {
  const std::optional<int64_t> timeout_ms = ParseInteger(text);
  if (!timeout_ms) return Reply::Error("ERR timeout is not an integer or out of range");
  if (*timeout_ms < 0) return Reply::Error("ERR timeout is negative");
  const int64_t longest_ms = std::numeric_limits<int64_t>::max() - call.now_ms();
  deadline_ms = *timeout_ms == 0 || *timeout_ms > longest_ms ? 0 : call.now_ms() + *timeout_ms;
  return std::nullopt;
}

std::optional<Reply> ParseStreamsOption(const CommandCall& call, int i, ReadOptions& options) {
  options.first_key = i + 1;
  const int rest = call.argc() - options.first_key;
  options.key_count = rest / 2;
  if (rest % 2 == 0) return std::nullopt;
  return Reply::Error(
      "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.");
}

Reply OnlyForGroups(std::string_view option) {
  return Reply::Error(fmt::format(
      "ERR The {} option is only supported by XREADGROUP. You called XREAD instead.", option));
}

std::optional<Reply> ParseReadOption(const CommandCall& call, int& i, Reader reader,
                                     ReadOptions& options, bool& has_group) {
  const int more = call.argc() - i - 1;
  if (more >= 1 && call.ArgIs(i, "BLOCK") && call.client.runs_script)
    return Reply::Error(fmt::format("ERR {} command is not allowed with BLOCK option from scripts",
                                    call.arg(0).c_str()));
  if (more >= 1 && call.ArgIs(i, "BLOCK"))
    return ParseBlock(call, call.arg(++i), options.deadline_ms);
  if (more >= 1 && call.ArgIs(i, "COUNT")) {
    const auto count = call.IntegerArg(++i);
    if (!count) return count.error();
    options.count = static_cast<uint64_t>(std::max<int64_t>(*count, 0));
  } else if (more >= 2 && call.ArgIs(i, "GROUP")) {
    if (reader == Reader::kAlone) return OnlyForGroups("GROUP");
    options.group = call.arg(++i);
    options.consumer = call.arg(++i);
    has_group = true;
  } else if (call.ArgIs(i, "NOACK")) {
    if (reader == Reader::kAlone) return OnlyForGroups("NOACK");
    options.no_ack = true;
  } else {
    return Reply::SyntaxError();
  }
  return std::nullopt;
}

std::optional<Reply> ParseReadOptions(const CommandCall& call, Reader reader,
                                      ReadOptions& options) {
  bool has_group = false;
  for (int i = 1; i < call.argc() && options.first_key == 0; ++i) {
    const bool is_streams = i + 1 < call.argc() && call.ArgIs(i, "STREAMS");
    auto error = is_streams ? ParseStreamsOption(call, i, options)
                            : ParseReadOption(call, i, reader, options, has_group);
    if (error) return error;
  }
  if (options.first_key == 0) return Reply::SyntaxError();
  if (reader == Reader::kGroup && !has_group)
    return Reply::Error("ERR Missing GROUP option for XREADGROUP");
  return std::nullopt;
}

// What the id behind a key asks for.
std::optional<Reply> ParsePlace(const std::string& text, const Stream* stream, Reader reader,
                                ReadPlace& place) {
  const std::string_view word = text.c_str();
  if (word == "$") {
    if (reader == Reader::kGroup)
      return Reply::Error(
          "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history "
          "of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ "
          "ID would just return an empty result set.");
    place.after = stream ? stream->last_id() : StreamId();
    return std::nullopt;
  }
  if (word == ">") {
    if (reader == Reader::kAlone)
      return Reply::Error(
          "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> "
          "<consumer> option.");
    place.wants_new = true;
    return std::nullopt;
  }
  const std::optional<StreamId> id = ParseStreamId(text);
  if (!id) return InvalidStreamId();
  place.after = *id;
  // A real server has no other sign for ">" than the highest id.
  place.wants_new = reader == Reader::kGroup && *id == kStreamIdMax;
  return std::nullopt;
}

std::optional<Reply> ParsePlaces(CommandCall& call, Reader reader, const ReadOptions& options,
                                 std::vector<ReadPlace>& places) {
  for (int i = 0; i < options.key_count; ++i) {
    ReadPlace place{.key = call.arg(options.first_key + i)};
    auto stream = call.Read<Stream>(place.key);
    if (!stream) return stream.error();
    if (reader == Reader::kGroup && (!*stream || !(*stream)->FindGroup(options.group)))
      return Reply::Error(fmt::format(
          "NOGROUP No such key '{}' or consumer group '{}' in XREADGROUP with GROUP option",
          place.key.c_str(), options.group.c_str()));
    const std::string& id = call.arg(options.first_key + options.key_count + i);
    if (auto error = ParsePlace(id, *stream, reader, place)) return error;
    places.push_back(std::move(place));
  }
  return std::nullopt;
}

// The entries from `start` on go to a consumer of the group, and become pending unless NOACK. The
// claims of pending entries tell replicas the position of the group; without them it goes alone.
Value Deliver(CommandCall& call, const Stream& stream, const GroupPlace& place,
              const ReadOptions& options, const StreamId& start, uint64_t count) {
  std::vector<Value> entries;
  bool moved = false;
  stream.ForEach(start, kStreamIdMax, Stream::Order::kUp, [&](const StreamEntry& entry) {
    if (entry.id > place.group.last_id) {
      stream.Deliver(place.group, entry.id);
      moved = true;
    }
    entries.push_back(StreamEntryReply(entry));
    if (!options.no_ack) {
      PendingEntry& pending = place.group.Assign(entry.id, options.consumer);
      pending.delivered_at_ms = call.now_ms();
      pending.delivery_count = 1;
      PropagateClaim(call, place, entry.id.ToString(), pending);
    }
    return count == 0 || entries.size() < count;
  });
  if (moved && options.no_ack) PropagateGroupPosition(call, place);
  return Value::Array(std::move(entries));
}

// What the consumer was given before and has not acknowledged.
Value History(CommandCall& call, const Stream& stream, const GroupPlace& place,
              const Consumer& consumer, const StreamId& start, uint64_t count) {
  std::vector<Value> entries;
  for (auto it = consumer.pending.lower_bound(start); it != consumer.pending.end(); ++it) {
    if (count != 0 && entries.size() >= count) break;
    if (const StreamEntry* entry = stream.Find(*it)) {
      entries.push_back(StreamEntryReply(*entry));
      PendingEntry& pending = *place.group.FindPending(*it);
      pending.delivered_at_ms = call.now_ms();
      ++pending.delivery_count;
    } else {
      entries.push_back(Value::Array({StreamIdReply(*it), Value::NullArray()}));
    }
  }
  return Value::Array(std::move(entries));
}

Consumer& SeeReader(CommandCall& call, const GroupPlace& place, const ReadOptions& options) {
  bool is_new = false;
  Consumer& consumer = SeeConsumer(call, place, options.consumer, &is_new);
  // Without pending entries nothing else tells replicas of the consumer.
  if (is_new && options.no_ack) PropagateConsumer(call, place, options.consumer);
  return consumer;
}

StreamId Behind(StreamId id) {
  id.Increment();
  return id;
}

// The entries that a consumer gets now, or nothing when there are none for it.
std::optional<Value> ReadAsConsumer(CommandCall& call, Stream& stream, const ReadPlace& place,
                                    const ReadOptions& options) {
  const GroupPlace group{place.key, options.group, *stream.FindGroup(options.group)};
  if (!place.wants_new) {
    const Consumer& consumer = SeeReader(call, group, options);
    call.AddDirty(1);
    return History(call, stream, group, consumer, Behind(place.after), options.count);
  }
  const StreamEntry* last = stream.Last();
  if (!last || last->id <= group.group.last_id) return std::nullopt;
  SeeReader(call, group, options);
  call.AddDirty(1);
  return Deliver(call, stream, group, options, Behind(group.group.last_id), options.count);
}

std::optional<Value> ReadAlone(const Stream& stream, const ReadPlace& place,
                               const ReadOptions& options) {
  const StreamEntry* last = stream.Last();
  if (!last || last->id <= place.after) return std::nullopt;
  return StreamRangeReply(stream, Behind(place.after), kStreamIdMax, options.count);
}

// Streams with their entries: a map, which is an array of pairs in RESP2.
Value StreamsReply(bool resp3, std::vector<std::pair<std::string, Value>> streams) {
  std::vector<Value> children;
  for (auto& [key, entries] : streams) {
    std::vector<Value> pair = {Value::Bulk(key), std::move(entries)};
    if (resp3)
      std::move(pair.begin(), pair.end(), std::back_inserter(children));
    else
      children.push_back(Value::Array(std::move(pair)));
  }
  return resp3 ? Value::Map(std::move(children)) : Value::Array(std::move(children));
}

// --- Waiting

// What is left of a call whose client waits.
struct WaitingReader {
  Server& server;
  Client& client;
  const Command& command;
  Args args;
  Reader reader;
  ReadOptions options;
  std::map<std::string, StreamId> after;  // by key; not for groups, whose position moves

  bool Serve(const std::string& key) const;
  bool ServeStream(const std::string& key, Stream& stream) const;
  bool Fail(std::string_view text) const;
};

bool WaitingReader::Fail(std::string_view text) const {
  server.CountErrorReply(client, text);
  ++server.stats.commands[command.name].failed_calls;
  client.Send(Value::Error(text));
  return true;
}

bool WaitingReader::ServeStream(const std::string& key, Stream& stream) const {
  const bool as_group = reader == Reader::kGroup;
  ConsumerGroup* group = as_group ? stream.FindGroup(options.group) : nullptr;
  if (as_group && !group)
    return Fail("NOGROUP the consumer group this client was blocked on no longer exists");
  const StreamId position = as_group ? group->last_id : after.at(key);
  // An entry that was added and deleted before anybody looked ends the wait as well.
  if (stream.last_id() <= position) return false;
  const ExecutionUnit unit(server.propagation);
  CommandCall call(server, client, command, args);
  Value entries;
  if (as_group) {
    const GroupPlace place{key, options.group, *group};
    SeeReader(call, place, options);
    entries = Deliver(call, stream, place, options, Behind(position), options.count);
  } else {
    entries = StreamRangeReply(stream, Behind(position), kStreamIdMax, options.count);
  }
  call.DoNotPropagate();
  server.stats.dirty += call.dirty();
  for (Args& propagated : call.TakePropagation())
    server.propagation.Add(call.propagation_db(), std::move(propagated), client.propagates_to);
  client.Send(StreamsReply(client.resp3(), {{key, std::move(entries)}}));
  return true;
}

bool WaitingReader::Serve(const std::string& key) const {
  Entry* entry = server.keyspace.FindForWrite(client.db, key);
  Stream* stream = entry ? std::get_if<Stream>(&entry->value) : nullptr;
  if (stream) return ServeStream(key, *stream);
  return reader == Reader::kGroup && Fail("UNBLOCKED the stream key no longer exists");
}

Reply Wait(CommandCall& call, Reader reader, ReadOptions options,
           const std::vector<ReadPlace>& places) {
  // So that an old id does not bring the whole stream at once.
  constexpr uint64_t kCountOfWaiting = 1000;
  BlockedState state{.db = call.client.db, .deadline_ms = *options.deadline_ms};
  if (options.count == 0) options.count = kCountOfWaiting;
  WaitingReader waiting{
      call.server, call.client, call.command, Args(call.args.begin(), call.args.end()), reader,
      options,     {}};
  for (const ReadPlace& place : places)
    if (waiting.after.emplace(place.key, place.after).second) state.keys.push_back(place.key);
  state.awaits = [](const engine::Value& value) { return std::holds_alternative<Stream>(value); };
  state.on_timeout = [] { return Reply::NullArray(); };
  state.serve = [waiting](const std::string& key) { return waiting.Serve(key); };
  call.server.blocking.Block(call.client, std::move(state));
  return Reply::Blocked();
}

Reply Read(CommandCall& call, Reader reader) {
  // The parts of it are propagated, never the command.
  call.DoNotPropagate();
  ReadOptions options;
  if (const auto error = ParseReadOptions(call, reader, options)) return *error;
  std::vector<ReadPlace> places;
  if (const auto error = ParsePlaces(call, reader, options, places)) return *error;

  std::vector<std::pair<std::string, Value>> streams;
  for (const ReadPlace& place : places) {
    auto found = call.Read<Stream>(place.key);
    if (!found || !*found) continue;
    auto stream = call.OpenForWrite<Stream>(place.key);
    std::optional<Value> entries = reader == Reader::kGroup
                                       ? ReadAsConsumer(call, **stream, place, options)
                                       : ReadAlone(**stream, place, options);
    if (entries) streams.emplace_back(place.key, std::move(*entries));
  }
  if (!streams.empty()) return StreamsReply(call.resp3(), std::move(streams));
  if (!options.deadline_ms || !call.may_block()) return Reply::NullArray();
  return Wait(call, reader, std::move(options), places);
}

// XREAD [COUNT count] [BLOCK ms] STREAMS key [key ...] id [id ...]
Reply XRead(CommandCall& call) { return Read(call, Reader::kAlone); }

// XREADGROUP GROUP group consumer [COUNT count] [BLOCK ms] [NOACK] STREAMS key [key ...] id [id
// ...]
Reply XReadGroup(CommandCall& call) { return Read(call, Reader::kGroup); }

constexpr CommandRow kTable[] = {
    {.name = "xread", .run = XRead},
    {.name = "xreadgroup", .run = XReadGroup},
};

}  // namespace

std::span<const CommandRow> StreamReadCommands() { return kTable; }

}  // namespace modcert::engine
