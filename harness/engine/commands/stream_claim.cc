// XCLAIM and XAUTOCLAIM: pending entries change their owner.

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/stream_groups.h"
#include "engine/commands/stream_id_arg.h"
#include "engine/commands/stream_reply.h"
#include "engine/commands/tables.h"

namespace modcert::engine {
namespace {

using resp::Value;

// A group together with the stream whose entries it has.
struct Claims {
  Stream& stream;
  GroupPlace place;
};

// What the first and second argument name; both have to exist. `read` is what the first one holds.
Found<Claims> FindClaims(CommandCall& call, const Found<const Stream*>& read) {
  if (!read) return read.error();
  if (!*read || !(*read)->FindGroup(call.arg(2)))
    return Reply::Error(fmt::format("NOGROUP No such key '{}' or consumer group '{}'",
                                    call.arg(1).c_str(), call.arg(2).c_str()));
  Stream& stream = **call.OpenForWrite<Stream>(call.arg(1));
  return Claims{stream, {call.arg(1), call.arg(2), *stream.FindGroup(call.arg(2))}};
}

// The entry is gone from the stream, so nobody can have it any more. Replicas find that out when
// they are told who had it.
void DropPending(CommandCall& call, const GroupPlace& place, const StreamId& id,
                 std::string_view id_text) {
  PropagateClaim(call, place, id_text, *place.group.FindPending(id));
  place.group.Acknowledge(id);
  call.AddDirty(1);
}

Value ClaimedReply(const Stream& stream, const StreamId& id, bool just_id) {
  return just_id ? StreamIdReply(id) : StreamEntryReply(*stream.Find(id));
}

// --- XCLAIM

struct ClaimOptions {
  int64_t idle_ms_min = 0;
  std::vector<StreamId> ids;
  std::optional<int64_t> delivered_at_ms;  // IDLE or TIME
  int64_t retry_count = -1;                // negative: counts on
  bool force = false;
  bool just_id = false;
  StreamId last_id;
};

// A number behind an option word; `i` moves there.
std::optional<Reply> NumberBehind(const CommandCall& call, int& i, std::string_view word,
                                  int64_t& number) {
  const std::optional<int64_t> parsed = ParseInteger(call.arg(++i));
  if (!parsed) return Reply::Error(fmt::format("ERR Invalid {} option argument for XCLAIM", word));
  number = *parsed;
  return std::nullopt;
}

std::optional<Reply> ParseClaimOption(const CommandCall& call, int& i, ClaimOptions& options) {
  const bool has_more = i + 1 < call.argc();
  if (call.ArgIs(i, "FORCE")) {
    options.force = true;
  } else if (call.ArgIs(i, "JUSTID")) {
    options.just_id = true;
  } else if (has_more && call.ArgIs(i, "IDLE")) {
    int64_t idle_ms = 0;
    if (auto error = NumberBehind(call, i, "IDLE", idle_ms)) return error;
    options.delivered_at_ms =
        static_cast<int64_t>(static_cast<uint64_t>(call.now_ms()) - static_cast<uint64_t>(idle_ms));
  } else if (has_more && call.ArgIs(i, "TIME")) {
    int64_t at_ms = 0;
    if (auto error = NumberBehind(call, i, "TIME", at_ms)) return error;
    options.delivered_at_ms = at_ms;
  } else if (has_more && call.ArgIs(i, "RETRYCOUNT")) {
    return NumberBehind(call, i, "RETRYCOUNT", options.retry_count);
  } else if (has_more && call.ArgIs(i, "LASTID")) {
    const std::optional<StreamId> id = ParseStreamId(call.arg(++i));
    if (!id) return InvalidStreamId();
    options.last_id = *id;
  } else {
    return Reply::Error(fmt::format("ERR Unrecognized XCLAIM option '{}'", call.arg(i).c_str()));
  }
  return std::nullopt;
}

std::optional<Reply> ParseClaimOptions(const CommandCall& call, ClaimOptions& options) {
  const std::optional<int64_t> idle_ms = ParseInteger(call.arg(4));
  if (!idle_ms) return Reply::Error("ERR Invalid min-idle-time argument for XCLAIM");
  options.idle_ms_min = std::max<int64_t>(*idle_ms, 0);
  int i = 5;
  for (; i < call.argc(); ++i) {
    const std::optional<StreamId> id = ParseStreamId(call.arg(i));
    if (!id) break;
    options.ids.push_back(*id);
  }
  for (; i < call.argc(); ++i)
    if (auto error = ParseClaimOption(call, i, options)) return error;
  return std::nullopt;
}

// A moment that makes no sense is taken for now.
int64_t DeliveredAt(const ClaimOptions& options, int64_t now_ms) {
  const int64_t at_ms = options.delivered_at_ms.value_or(now_ms);
  return at_ms < 0 || at_ms > now_ms ? now_ms : at_ms;
}

// Whether the entry now belongs to the consumer, who is not seen when nothing can be claimed.
bool ClaimOne(CommandCall& call, const GroupPlace& place, const StreamId& id,
              const ClaimOptions& options) {
  const int64_t now_ms = call.now_ms();
  const PendingEntry* pending = place.group.FindPending(id);
  if (!pending && !options.force) return false;
  if (pending && options.idle_ms_min > 0 && now_ms - pending->delivered_at_ms < options.idle_ms_min)
    return false;
  SeeConsumer(call, place, call.arg(3));
  PendingEntry& entry = place.group.Assign(id, call.arg(3));
  entry.delivered_at_ms = DeliveredAt(options, now_ms);
  if (options.retry_count >= 0)
    entry.delivery_count = static_cast<uint64_t>(options.retry_count);
  else if (!options.just_id)
    ++entry.delivery_count;
  return true;
}

// XCLAIM key group consumer min-idle-time id [id ...] [IDLE ms] [TIME unix-time-ms]
//   [RETRYCOUNT count] [FORCE] [JUSTID] [LASTID id]
Reply XClaim(CommandCall& call) {
  const auto claims = FindClaims(call, call.Read<Stream>(call.arg(1)));
  if (!claims) return claims.error();
  const GroupPlace& place = claims->place;
  ClaimOptions options;
  if (const auto error = ParseClaimOptions(call, options)) return *error;
  bool tell_position = options.last_id > place.group.last_id;
  if (tell_position) place.group.last_id = options.last_id;

  std::vector<Value> claimed;
  for (size_t i = 0; i < options.ids.size(); ++i) {
    const StreamId& id = options.ids[i];
    const std::string& text = call.arg(static_cast<int>(i) + 5);
    if (!claims->stream.Find(id)) {
      if (!place.group.FindPending(id)) continue;
      DropPending(call, place, id, text);
    } else {
      if (!ClaimOne(call, place, id, options)) continue;
      claimed.push_back(ClaimedReply(claims->stream, id, options.just_id));
      PropagateClaim(call, place, text, *place.group.FindPending(id));
      call.AddDirty(1);
    }
    tell_position = false;  // a claim tells it as well
  }
  if (tell_position) {
    PropagateGroupPosition(call, place);
    call.AddDirty(1);
  }
  call.DoNotPropagate();
  return Reply::Array(std::move(claimed));
}

// --- XAUTOCLAIM

struct AutoClaimOptions {
  int64_t idle_ms_min = 0;
  StreamId start;
  int64_t count = 100;
  bool just_id = false;
};

std::optional<Reply> ParseAutoClaimOptions(const CommandCall& call, AutoClaimOptions& options) {
  const std::optional<int64_t> idle_ms = ParseInteger(call.arg(4));
  if (!idle_ms) return Reply::Error("ERR Invalid min-idle-time argument for XAUTOCLAIM");
  options.idle_ms_min = std::max<int64_t>(*idle_ms, 0);
  if (auto error = ParseStreamStart(call.arg(5), options.start)) return error;
  for (int i = 6; i < call.argc(); ++i) {
    if (call.ArgIs(i, "COUNT") && i + 1 < call.argc()) {
      // Room for so many ids has to fit into memory.
      constexpr int64_t kCountMax = std::numeric_limits<int64_t>::max() / 16;
      const std::optional<int64_t> count = ParseInteger(call.arg(++i));
      if (!count || *count < 1 || *count > kCountMax) return Reply::Error("ERR COUNT must be > 0");
      options.count = *count;
    } else if (call.ArgIs(i, "JUSTID")) {
      options.just_id = true;
    } else {
      return Reply::SyntaxError();
    }
  }
  return std::nullopt;
}

// XAUTOCLAIM key group consumer min-idle-time start [COUNT count] [JUSTID]
Reply XAutoClaim(CommandCall& call) {
  // Looked up in front of the options: a key that is missing or has expired is one, whatever is
  // wrong with them.
  const auto read = call.Read<Stream>(call.arg(1));
  AutoClaimOptions options;
  if (const auto error = ParseAutoClaimOptions(call, options)) return *error;
  const auto claims = FindClaims(call, read);
  if (!claims) return claims.error();
  const GroupPlace& place = claims->place;

  std::vector<Value> claimed;
  std::vector<Value> dropped;
  const ConsumerGroup::Pending& pending = place.group.pending();
  auto next = pending.lower_bound(options.start);
  int64_t left = options.count;
  // Looks at no more than ten entries for each one wanted, so that it ends.
  for (int64_t attempts = options.count * 10; attempts > 0 && left > 0 && next != pending.end();
       --attempts) {
    const StreamId id = next->first;
    ++next;
    PendingEntry& entry = *place.group.FindPending(id);
    if (!claims->stream.Find(id)) {
      DropPending(call, place, id, id.ToString());
      dropped.push_back(StreamIdReply(id));
      --left;
      continue;
    }
    if (options.idle_ms_min > 0 && call.now_ms() - entry.delivered_at_ms < options.idle_ms_min)
      continue;
    SeeConsumer(call, place, call.arg(3));
    place.group.Assign(id, call.arg(3));
    entry.delivered_at_ms = call.now_ms();
    if (!options.just_id) ++entry.delivery_count;
    claimed.push_back(ClaimedReply(claims->stream, id, options.just_id));
    PropagateClaim(call, place, id.ToString(), entry);
    call.AddDirty(1);
    --left;
  }
  call.DoNotPropagate();
  const StreamId cursor = next == pending.end() ? StreamId() : next->first;
  return Reply::Array(
      {StreamIdReply(cursor), Value::Array(std::move(claimed)), Value::Array(std::move(dropped))});
}

constexpr CommandRow kTable[] = {
    {.name = "xclaim", .run = XClaim},
    {.name = "xautoclaim", .run = XAutoClaim},
};

}  // namespace

std::span<const CommandRow> StreamClaimCommands() { return kTable; }

}  // namespace modcert::engine
