// The time to live of keys: EXPIRE and its kin.

#include <fmt/format.h>

#include "engine/command_call.h"
#include "engine/commands/expire_time.h"
#include "engine/commands/tables.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

struct ExpireOptions {
  bool if_none = false;     // NX: the key has no time to live
  bool if_any = false;      // XX: it has one
  bool if_greater = false;  // GT: the new one is later; no time to live is later than any
  bool if_less = false;     // LT
};

// Fills `options` from the words behind key and time; the error to answer with, or nothing.
std::optional<Reply> ParseExpireOptions(const CommandCall& call, ExpireOptions& options) {
  for (int i = 3; i < call.argc(); ++i) {
    if (call.ArgIs(i, "NX"))
      options.if_none = true;
    else if (call.ArgIs(i, "XX"))
      options.if_any = true;
    else if (call.ArgIs(i, "GT"))
      options.if_greater = true;
    else if (call.ArgIs(i, "LT"))
      options.if_less = true;
    else
      return Reply::Error(fmt::format("ERR Unsupported option {}", call.arg(i)));
  }
  if (options.if_none && (options.if_any || options.if_greater || options.if_less))
    return Reply::Error("ERR NX and XX, GT or LT options at the same time are not compatible");
  if (options.if_greater && options.if_less)
    return Reply::Error("ERR GT and LT options at the same time are not compatible");
  return std::nullopt;
}

bool ConditionHolds(const ExpireOptions& options, int64_t old_ms, int64_t new_ms) {
  const bool has_ttl = old_ms != kNoExpiry;
  if (options.if_none && has_ttl) return false;
  if (options.if_any && !has_ttl) return false;
  if (options.if_greater && (!has_ttl || new_ms <= old_ms)) return false;
  if (options.if_less && has_ttl && new_ms >= old_ms) return false;
  return true;
}

// Replicas get the absolute time; the options stay, as they hold there as well.
void PropagateExpiry(CommandCall& call, int64_t expire_at_ms) {
  Args args(call.args.begin(), call.args.end());
  if (call.command.name != "pexpireat") args[0] = "PEXPIREAT";
  args[2] = std::to_string(expire_at_ms);
  call.PropagateAs(std::move(args));
}

// EXPIRE, PEXPIRE, EXPIREAT and PEXPIREAT: key time [NX | XX | GT | LT]
Reply ExpireAt(CommandCall& call, TimeFormat format) {
  const std::string& key = call.arg(1);
  ExpireOptions options;
  if (const auto error = ParseExpireOptions(call, options)) return *error;
  const auto expire_at_ms = ExpireTimeArg(call, 2, format, AllowPast::kYes);
  if (!expire_at_ms) return expire_at_ms.error();
  const Entry* entry = call.keyspace().FindForWrite(call.client.db, key);
  if (!entry || !ConditionHolds(options, entry->expire_at_ms, *expire_at_ms))
    return Reply::Integer(0);

  if (call.keyspace().DeletesAtOnce(*expire_at_ms)) {
    call.keyspace().Remove(call.client.db, key, Freeing::kExpired);
    call.PropagateAs({"DEL", key});
    call.Changed(EventClass::kGeneric, "del", key);
    return Reply::Integer(1);
  }
  call.keyspace().SetExpiry(call.client.db, key, *expire_at_ms);
  PropagateExpiry(call, *expire_at_ms);
  call.Changed(EventClass::kGeneric, "expire", key);
  return Reply::Integer(1);
}

Reply Expire(CommandCall& call) { return ExpireAt(call, kEx); }
Reply PExpire(CommandCall& call) { return ExpireAt(call, kPx); }
Reply ExpireAtSeconds(CommandCall& call) { return ExpireAt(call, kExAt); }
Reply PExpireAt(CommandCall& call) { return ExpireAt(call, kPxAt); }

// TTL, PTTL, EXPIRETIME and PEXPIRETIME: -2 without the key, -1 without a time to live.
Reply RemainingTime(CommandCall& call, TimeFormat format) {
  const Entry* entry = call.keyspace().FindForRead(call.client.db, call.arg(1), {.touch = false});
  if (!entry) return Reply::Integer(-2);
  if (entry->expire_at_ms == kNoExpiry) return Reply::Integer(-1);
  int64_t time = entry->expire_at_ms;
  if (format.base == TimeFormat::Base::kFromNow) time = std::max<int64_t>(time - call.now_ms(), 0);
  const bool seconds = format.unit == TimeFormat::Unit::kSeconds;
  // Rounded to the nearest second; in two steps, as the sum might overflow.
  return Reply::Integer(seconds ? time / 1000 + (time % 1000 >= 500) : time);
}

Reply Ttl(CommandCall& call) { return RemainingTime(call, kEx); }
Reply PTtl(CommandCall& call) { return RemainingTime(call, kPx); }
Reply ExpireTime(CommandCall& call) { return RemainingTime(call, kExAt); }
Reply PExpireTime(CommandCall& call) { return RemainingTime(call, kPxAt); }

// PERSIST key
Reply Persist(CommandCall& call) {
  const Entry* entry = call.keyspace().FindForWrite(call.client.db, call.arg(1));
  if (!entry || entry->expire_at_ms == kNoExpiry) return Reply::Integer(0);
  call.keyspace().SetExpiry(call.client.db, call.arg(1), kNoExpiry);
  call.Changed(EventClass::kGeneric, "persist", call.arg(1));
  return Reply::Integer(1);
}

constexpr CommandRow kTable[] = {
    {.name = "expire", .run = Expire},
    {.name = "pexpire", .run = PExpire},
    {.name = "expireat", .run = ExpireAtSeconds},
    {.name = "pexpireat", .run = PExpireAt},
    {.name = "ttl", .run = Ttl},
    {.name = "pttl", .run = PTtl},
    {.name = "expiretime", .run = ExpireTime},
    {.name = "pexpiretime", .run = PExpireTime},
    {.name = "persist", .run = Persist},
};

}  // namespace

std::span<const CommandRow> ExpireCommands() { return kTable; }

}  // namespace modcert::engine
