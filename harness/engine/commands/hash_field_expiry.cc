#include "engine/commands/hash_field_expiry.h"

#include <algorithm>
#include <memory>

#include "engine/command_call.h"
#include "engine/commands/expire_time.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

using resp::Value;

// What each command answers for one field.
constexpr int64_t kNoField = -2;
constexpr int64_t kNoTime = -1;
constexpr int64_t kHeldBack = 0;
constexpr int64_t kDone = 1;
constexpr int64_t kDeleted = 2;

// The names behind "FIELDS numfields", which begins at `index`; or the error to answer with.
Found<std::span<const std::string>> FieldsFrom(const CommandCall& call, int index) {
  if (index + 1 >= call.argc() || !call.ArgIs(index, "FIELDS"))
    return Reply::Error("ERR Mandatory argument FIELDS is missing or not at the right position");
  const auto count = call.IntegerArg(index + 1);
  if (!count || *count < 1)
    return Reply::Error("ERR Parameter `numFields` should be greater than 0");
  if (*count != call.argc() - index - 2)
    return Reply::Error("ERR The `numfields` parameter must match the number of arguments");
  return call.args.subspan(static_cast<size_t>(index) + 2);
}

Reply ForEach(std::span<const std::string> fields, const auto& answer) {
  std::vector<Value> answers;
  for (const std::string& field : fields) answers.push_back(Value::Integer(answer(field)));
  return Reply::Array(std::move(answers));
}

enum class Condition { kAlways, kIfNone, kIfAny, kIfGreater, kIfLess };

Condition ConditionOf(const CommandCall& call, int index) {
  if (call.ArgIs(index, "NX")) return Condition::kIfNone;
  if (call.ArgIs(index, "XX")) return Condition::kIfAny;
  if (call.ArgIs(index, "GT")) return Condition::kIfGreater;
  if (call.ArgIs(index, "LT")) return Condition::kIfLess;
  return Condition::kAlways;
}

// No time to live is later than any.
bool Holds(Condition condition, std::optional<int64_t> old_ms, int64_t new_ms) {
  switch (condition) {
    case Condition::kAlways:
      return true;
    case Condition::kIfNone:
      return !old_ms;
    case Condition::kIfAny:
      return old_ms.has_value();
    case Condition::kIfGreater:
      return old_ms && new_ms > *old_ms;
    case Condition::kIfLess:
      return !old_ms || new_ms < *old_ms;
  }
  return false;
}

// What became of fields, for those who are told.
struct Outcome {
  Args expired;  // HPEXPIREAT key time FIELDS n ...
  Args deleted;  // HDEL key ...
};

void TellOf(CommandCall& call, Outcome& outcome, int64_t expire_at_ms) {
  const std::string& key = call.arg(1);
  call.DoNotPropagate();
  if (!outcome.expired.empty()) {
    call.Changed(EventClass::kHash, "hexpire", key, static_cast<int64_t>(outcome.expired.size()));
    Args args = {"HPEXPIREAT", key, std::to_string(expire_at_ms), "FIELDS",
                 std::to_string(outcome.expired.size())};
    args.insert(args.end(), outcome.expired.begin(), outcome.expired.end());
    call.PropagateAlso(std::move(args));
  }
  if (!outcome.deleted.empty()) {
    call.Changed(EventClass::kHash, "hdel", key, static_cast<int64_t>(outcome.deleted.size()));
    Args args = {"HDEL", key};
    args.insert(args.end(), outcome.deleted.begin(), outcome.deleted.end());
    call.PropagateAlso(std::move(args));
  }
}

// HEXPIRE, HPEXPIRE, HEXPIREAT and HPEXPIREAT:
// key time [NX | XX | GT | LT] FIELDS numfields field [field ...]
Reply ExpireAt(CommandCall& call, TimeFormat format) {
  const Condition condition = ConditionOf(call, 3);
  const auto fields = FieldsFrom(call, condition == Condition::kAlways ? 3 : 4);
  if (!fields) return fields.error();
  const auto expire_at_ms = ExpireTimeArg(call, 2, format, AllowPast::kYes);
  if (!expire_at_ms) return expire_at_ms.error();
  auto hash = call.OpenForWrite<Hash>(call.arg(1));
  if (!hash) return hash.error();
  if (!hash->exists()) return ForEach(*fields, [](const auto&) { return kNoField; });
  const bool deletes = call.keyspace().DeletesAtOnce(*expire_at_ms);
  Outcome outcome;
  Reply reply = ForEach(*fields, [&](const std::string& field) {
    Hash& held = **hash;
    if (!held.Contains(field)) return kNoField;
    if (!Holds(condition, held.ExpiryOf(field), *expire_at_ms)) return kHeldBack;
    (deletes ? outcome.deleted : outcome.expired).push_back(field);
    if (deletes) return held.Remove(field) ? kDeleted : kNoField;
    held.SetExpiry(field, *expire_at_ms);
    return kDone;
  });
  call.keyspace().NoteFieldExpiry(call.client.db, call.arg(1), hash->entry().value);
  TellOf(call, outcome, *expire_at_ms);
  return reply;
}

Reply HExpire(CommandCall& call) { return ExpireAt(call, kEx); }
Reply HPExpire(CommandCall& call) { return ExpireAt(call, kPx); }
Reply HExpireAt(CommandCall& call) { return ExpireAt(call, kExAt); }
Reply HPExpireAt(CommandCall& call) { return ExpireAt(call, kPxAt); }

// HTTL, HPTTL, HEXPIRETIME and HPEXPIRETIME: key FIELDS numfields field [field ...]
Reply RemainingTime(CommandCall& call, TimeFormat format) {
  const auto fields = FieldsFrom(call, 2);
  if (!fields) return fields.error();
  auto hash = call.Read<Hash>(call.arg(1));
  if (!hash) return hash.error();
  const bool from_now = format.base == TimeFormat::Base::kFromNow;
  const bool seconds = format.unit == TimeFormat::Unit::kSeconds;
  return ForEach(*fields, [&](const std::string& field) {
    if (!*hash || !(*hash)->Contains(field)) return kNoField;
    const std::optional<int64_t> at_ms = (*hash)->ExpiryOf(field);
    if (!at_ms) return kNoTime;
    const int64_t time = from_now ? std::max<int64_t>(*at_ms - call.now_ms(), 0) : *at_ms;
    return seconds ? (time + 999) / 1000 : time;
  });
}

Reply HTtl(CommandCall& call) { return RemainingTime(call, kEx); }
Reply HPTtl(CommandCall& call) { return RemainingTime(call, kPx); }
Reply HExpireTime(CommandCall& call) { return RemainingTime(call, kExAt); }
Reply HPExpireTime(CommandCall& call) { return RemainingTime(call, kPxAt); }

// HPERSIST key FIELDS numfields field [field ...]
Reply HPersist(CommandCall& call) {
  const auto fields = FieldsFrom(call, 2);
  if (!fields) return fields.error();
  auto hash = call.OpenForWrite<Hash>(call.arg(1));
  if (!hash) return hash.error();
  int64_t changes = 0;
  Reply reply = ForEach(*fields, [&](const std::string& field) {
    if (!hash->exists() || !(*hash)->Contains(field)) return kNoField;
    if (!(*hash)->RemoveExpiry(field)) return kNoTime;
    ++changes;
    return kDone;
  });
  if (changes > 0) call.Changed(EventClass::kHash, "hpersist", call.arg(1), changes);
  return reply;
}

constexpr KeySpec kWritesKey[] = {{.flags = kKeyRW | kKeyUpdate,
                                   .begin_search = KeySpec::BeginSearch::kIndex,
                                   .index = 1,
                                   .find_keys = KeySpec::FindKeys::kRange,
                                   .key_step = 1}};
constexpr KeySpec kReadsKey[] = {{.flags = kKeyRO | kKeyAccess,
                                  .begin_search = KeySpec::BeginSearch::kIndex,
                                  .index = 1,
                                  .find_keys = KeySpec::FindKeys::kRange,
                                  .key_step = 1}};

constexpr CommandFacts Writes(std::string_view name, int arity, std::string_view summary) {
  return {.name = name,
          .arity = arity,
          .flags = kCommandWrite | kCommandFast |
                   (arity == -6 ? uint64_t{kCommandDenyOom} : uint64_t{0}),
          .first_key = 1,
          .last_key = 1,
          .key_step = 1,
          .categories = kCategoryWrite | kCategoryHash | kCategoryFast,
          .key_specs = kWritesKey,
          .group = "hash",
          .since = "7.4.0",
          .summary = summary};
}

constexpr CommandFacts Reads(std::string_view name, std::string_view summary) {
  return {.name = name,
          .arity = -5,
          .flags = kCommandReadonly | kCommandFast,
          .first_key = 1,
          .last_key = 1,
          .key_step = 1,
          .categories = kCategoryRead | kCategoryHash | kCategoryFast,
          .key_specs = kReadsKey,
          .group = "hash",
          .since = "7.4.0",
          .summary = summary};
}

struct Row {
  CommandFacts facts;
  Reply (*run)(CommandCall& call);
};

constexpr Row kTable[] = {
    {Writes("hexpire", -6, "Lets fields expire after so many seconds."), HExpire},
    {Writes("hpexpire", -6, "Lets fields expire after so many milliseconds."), HPExpire},
    {Writes("hexpireat", -6, "Lets fields expire at a Unix time in seconds."), HExpireAt},
    {Writes("hpexpireat", -6, "Lets fields expire at a Unix time in milliseconds."), HPExpireAt},
    {Writes("hpersist", -5, "Lets fields stay that would have expired."), HPersist},
    {Reads("httl", "Tells in how many seconds fields expire."), HTtl},
    {Reads("hpttl", "Tells in how many milliseconds fields expire."), HPTtl},
    {Reads("hexpiretime", "Tells the Unix time in seconds at which fields expire."), HExpireTime},
    {Reads("hpexpiretime", "Tells the Unix time in milliseconds at which fields expire."),
     HPExpireTime},
};

}  // namespace

void AddFieldExpiryCommands(CommandTable& commands) {
  for (const Row& row : kTable) {
    auto command = std::make_unique<Command>();
    command->name = row.facts.name;
    command->facts = &row.facts;
    command->run = row.run;
    commands.Add(std::move(command));
  }
}

}  // namespace modcert::engine
