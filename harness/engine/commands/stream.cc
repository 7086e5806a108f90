// The stream commands that know nothing of consumer groups.

#include <algorithm>

#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/stream_id_arg.h"
#include "engine/commands/stream_reply.h"
#include "engine/commands/stream_trim_options.h"
#include "engine/commands/tables.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

// The id that XADD asks for, or the error to answer with.
Found<StreamId> IdToAdd(const CommandCall& call, const StreamTrimOptions& options,
                        const Stream& stream) {
  if (stream.last_id() == kStreamIdMax)
    return Reply::Error(
        "ERR The stream has exhausted the last possible ID, unable to add more items");
  std::optional<StreamId> id = options.id ? options.id->id : stream.NextId(call.now_ms());
  if (options.id && options.id->picks_seq) {
    id = stream.NextIdWithin(options.id->id.ms);
    // The server's words for a millisecond without a number left.
    if (!id && options.id->id.ms == stream.last_id().ms)
      return Reply::Error("ERR Elements are too large to be stored");
  }
  if (!id || *id <= stream.last_id())
    return Reply::Error(
        "ERR The ID specified in XADD is equal or smaller than the target stream top item");
  return *id;
}

// Cuts off what the options of XADD say, after listeners have heard of the new entry: they may
// have deleted the key.
void TrimAfterAdd(CommandCall& call, const StreamTrimOptions& options, Args& propagated) {
  if (!options.trim) return;
  auto stream = call.OpenForWrite<Stream>(call.arg(1));
  if (!stream || !stream->exists()) return;
  Stream& entries = **stream;
  const bool trimmed = entries.Trim(*options.trim) > 0;
  if (options.trim->whole_nodes) MakeTrimExact(propagated, options, entries);
  if (trimmed) call.Notify(EventClass::kStream, "xtrim", call.arg(1));
}

// XADD key [NOMKSTREAM] [<MAXLEN | MINID> [= | ~] threshold [LIMIT count]] <* | id> field value ...
Reply XAdd(CommandCall& call) {
  StreamTrimOptions options;
  if (const auto error = ParseStreamTrimOptions(call, TakesId::kYes, options)) return *error;
  const int first_field = options.id_arg + 1;
  const int field_args = call.argc() - first_field;
  if (field_args < 2 || field_args % 2 != 0) return Reply::WrongArity(call.command.name);
  if (options.id && !options.id->picks_seq && options.id->id.is_zero())
    return Reply::Error("ERR The ID specified in XADD must be greater than 0-0");
  auto stream = call.OpenForWrite<Stream>(call.arg(1));
  if (!stream) return stream.error();
  if (!stream->exists() && !options.create) return Reply::Null();
  Stream& entries = stream->Create();
  const Found<StreamId> id = IdToAdd(call, options, entries);
  if (!id) return id.error();
  entries.Append(*id, call.args.subspan(static_cast<size_t>(first_field)));

  Args propagated(call.args.begin(), call.args.end());
  propagated[options.id_arg] =
      (!options.id || options.id->picks_seq) ? id->ToString() : call.arg(options.id_arg);
  call.Changed(EventClass::kStream, "xadd", call.arg(1));
  TrimAfterAdd(call, options, propagated);
  call.PropagateAs(std::move(propagated));
  if (call.server.blocking.AnybodyAwaits(stream->entry().value))
    call.server.blocking.KeyReady(call.client.db, call.arg(1));
  return Reply::Bulk(id->ToString());
}

// XLEN key
Reply XLen(CommandCall& call) {
  auto stream = call.Read<Stream>(call.arg(1));
  if (!stream) return stream.error();
  return Reply::Integer(*stream ? static_cast<int64_t>((*stream)->size()) : 0);
}

// XDEL key id [id ...]
Reply XDel(CommandCall& call) {
  auto stream = call.OpenForWrite<Stream>(call.arg(1));
  if (!stream) return stream.error();
  if (!stream->exists()) return Reply::Integer(0);
  std::vector<StreamId> ids;
  for (const std::string& text : call.args.subspan(2)) {
    const std::optional<StreamId> id = ParseStreamId(text);
    if (!id) return InvalidStreamId();
    ids.push_back(*id);
  }
  int64_t deleted = 0;
  for (const StreamId& id : ids) deleted += (*stream)->Delete(id) ? 1 : 0;
  if (deleted > 0) call.Changed(EventClass::kStream, "xdel", call.arg(1), deleted);
  return Reply::Integer(deleted);
}

// XTRIM key <MAXLEN | MINID> [= | ~] threshold [LIMIT count]
Reply XTrim(CommandCall& call) {
  StreamTrimOptions options;
  if (const auto error = ParseStreamTrimOptions(call, TakesId::kNo, options)) return *error;
  auto stream = call.OpenForWrite<Stream>(call.arg(1));
  if (!stream) return stream.error();
  if (!stream->exists()) return Reply::Integer(0);
  const auto trimmed = static_cast<int64_t>((*stream)->Trim(*options.trim));
  if (trimmed == 0) return Reply::Integer(0);
  if (options.trim->whole_nodes) {
    Args propagated(call.args.begin(), call.args.end());
    MakeTrimExact(propagated, options, **stream);
    call.PropagateAs(std::move(propagated));
  }
  call.Changed(EventClass::kStream, "xtrim", call.arg(1), trimmed);
  return Reply::Integer(trimmed);
}

// XRANGE and XREVRANGE: `start_arg` and `end_arg` are the places of the two ends.
Reply Range(CommandCall& call, int start_arg, int end_arg, Stream::Order order) {
  StreamId start;
  StreamId end;
  if (const auto error = ParseStreamStart(call.arg(start_arg), start)) return *error;
  if (const auto error = ParseStreamEnd(call.arg(end_arg), end)) return *error;
  std::optional<int64_t> count;
  for (int i = 4; i < call.argc(); i += 2) {
    if (!call.ArgIs(i, "COUNT") || i + 1 >= call.argc()) return Reply::SyntaxError();
    const auto number = call.IntegerArg(i + 1);
    if (!number) return number.error();
    count = std::max<int64_t>(*number, 0);
  }
  auto stream = call.Read<Stream>(call.arg(1));
  if (!stream) return stream.error();
  if (!*stream) return Reply::Array();
  if (count == 0) return Reply::NullArray();
  return StreamRangeReply(**stream, start, end, static_cast<uint64_t>(count.value_or(0)), order);
}

// XRANGE key start end [COUNT count]
Reply XRange(CommandCall& call) { return Range(call, 2, 3, Stream::Order::kUp); }

// XREVRANGE key end start [COUNT count]
Reply XRevRange(CommandCall& call) { return Range(call, 3, 2, Stream::Order::kDown); }

struct SetIdOptions {
  StreamId id;
  std::optional<int64_t> entries_added;
  StreamId max_deleted_id;  // 0-0: as it is
};

std::optional<Reply> ParseSetIdOptions(const CommandCall& call, SetIdOptions& options) {
  const std::optional<StreamId> id = ParseStreamId(call.arg(2));
  if (!id) return InvalidStreamId();
  options.id = *id;
  for (int i = 3; i < call.argc(); i += 2) {
    if (i + 1 >= call.argc()) return Reply::SyntaxError();
    if (call.ArgIs(i, "ENTRIESADDED")) {
      const auto number = call.IntegerArg(i + 1);
      if (!number) return number.error();
      if (*number < 0) return Reply::Error("ERR entries_added must be positive");
      options.entries_added = *number;
    } else if (call.ArgIs(i, "MAXDELETEDID")) {
      const std::optional<StreamId> deleted = ParseStreamId(call.arg(i + 1));
      if (!deleted) return InvalidStreamId();
      if (options.id < *deleted)
        return Reply::Error(
            "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id");
      options.max_deleted_id = *deleted;
    } else {
      return Reply::SyntaxError();
    }
  }
  return std::nullopt;
}

// Why the stream cannot have these, or nothing.
std::optional<Reply> CheckSetId(const Stream& stream, const SetIdOptions& options) {
  if (stream.size() == 0) return std::nullopt;
  if (options.id < stream.Last()->id)
    return Reply::Error(
        "ERR The ID specified in XSETID is smaller than the target stream top item");
  if (options.entries_added && std::cmp_greater(stream.size(), *options.entries_added))
    return Reply::Error(
        "ERR The entries_added specified in XSETID is smaller than the target stream length");
  return std::nullopt;
}

// XSETID key last-id [ENTRIESADDED entries-added] [MAXDELETEDID max-deleted-id]
Reply XSetId(CommandCall& call) {
  SetIdOptions options;
  if (const auto error = ParseSetIdOptions(call, options)) return *error;
  auto stream = call.OpenForWrite<Stream>(call.arg(1));
  if (!stream) return stream.error();
  if (!stream->exists()) return Reply::NoSuchKey();
  Stream& changed = **stream;
  if (const auto error = CheckSetId(changed, options)) return *error;
  changed.set_last_id(options.id);
  if (options.entries_added)
    changed.set_entries_added(static_cast<uint64_t>(*options.entries_added));
  if (!options.max_deleted_id.is_zero()) changed.set_max_deleted_id(options.max_deleted_id);
  call.AddDirty(1);
  call.Notify(EventClass::kStream, "xsetid", call.arg(1));
  return Reply::Ok();
}

constexpr CommandRow kTable[] = {
    {.name = "xadd", .run = XAdd},     {.name = "xlen", .run = XLen},
    {.name = "xdel", .run = XDel},     {.name = "xtrim", .run = XTrim},
    {.name = "xrange", .run = XRange}, {.name = "xrevrange", .run = XRevRange},
    {.name = "xsetid", .run = XSetId},
};

}  // namespace

std::span<const CommandRow> StreamCommands() { return kTable; }

}  // namespace modcert::engine
