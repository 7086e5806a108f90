// The set commands.

#include <algorithm>

#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/option_word.h"
#include "engine/commands/random_count.h"
#include "engine/commands/scan_options.h"
#include "engine/commands/tables.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

using resp::Value;

// SADD key member [member ...]
Reply SAdd(CommandCall& call) {
  auto set = call.OpenForWrite<Set>(call.arg(1));
  if (!set) return set.error();
  int64_t added = 0;
  for (int i = 2; i < call.argc(); ++i) added += set->Create().Add(call.arg(i));
  if (added > 0) call.Changed(EventClass::kSet, "sadd", call.arg(1), added);
  return Reply::Integer(added);
}

// SREM key member [member ...]
Reply SRem(CommandCall& call) {
  auto set = call.OpenForWrite<Set>(call.arg(1));
  if (!set) return set.error();
  if (!set->exists()) return Reply::Integer(0);
  int64_t removed = 0;
  for (int i = 2; i < call.argc(); ++i) removed += (*set)->Remove(call.arg(i));
  if (removed > 0) call.Changed(EventClass::kSet, "srem", call.arg(1), removed);
  return Reply::Integer(removed);
}

// SMOVE source destination member
Reply SMove(CommandCall& call) {
  const std::string& member = call.arg(3);
  // Both are looked up before either is judged, so that both go when they have expired.
  for (const int key : {1, 2}) call.keyspace().FindForWrite(call.client.db, call.arg(key));
  {
    auto source = call.OpenForWrite<Set>(call.arg(1));
    if (!source) return source.error();
    if (!source->exists()) return Reply::Integer(0);
    auto target = call.OpenForWrite<Set>(call.arg(2));
    if (!target) return target.error();
    if (call.arg(1) == call.arg(2)) return Reply::Integer((*source)->Contains(member));
    if (!(*source)->Remove(member)) return Reply::Integer(0);
    call.Changed(EventClass::kSet, "srem", call.arg(1));
  }  // An emptied source goes before the destination changes.
  auto target = call.OpenForWrite<Set>(call.arg(2));
  if (target->Create().Add(member)) call.Changed(EventClass::kSet, "sadd", call.arg(2));
  return Reply::Integer(1);
}

// SISMEMBER key member
Reply SIsMember(CommandCall& call) {
  auto set = call.Read<Set>(call.arg(1));
  if (!set) return set.error();
  return Reply::Integer(*set && (*set)->Contains(call.arg(2)));
}

// SMISMEMBER key member [member ...]
Reply SMIsMember(CommandCall& call) {
  auto set = call.Read<Set>(call.arg(1));
  if (!set) return set.error();
  std::vector<Value> answers;
  for (int i = 2; i < call.argc(); ++i)
    answers.push_back(Value::Integer(*set && (*set)->Contains(call.arg(i))));
  return Reply::Array(std::move(answers));
}

// SCARD key
Reply SCard(CommandCall& call) {
  auto set = call.Read<Set>(call.arg(1));
  if (!set) return set.error();
  return Reply::Integer(*set ? static_cast<int64_t>((*set)->size()) : 0);
}

// SPOP key
Reply PopOne(CommandCall& call, WriteHandle<Set>& set) {
  if (!set.exists()) return Reply::Null();
  const std::string member = set->RandomMember(call.server.random);
  set->Remove(member);
  call.Changed(EventClass::kSet, "spop", call.arg(1));
  call.PropagateAs({"SREM", call.arg(1), member});
  return Reply::Bulk(member);
}

// SPOP key count: replicas are told which members went.
Reply PopMany(CommandCall& call, WriteHandle<Set>& set, size_t count) {
  if (!set.exists() || count == 0) return Value::Set();
  std::vector<std::string> popped;
  const bool all = count >= set->size();
  DistinctSample sample(call.server.random, set->size(), count);
  set->ForEach([&](std::string_view member) {
    if (sample.Take()) popped.emplace_back(member);
  });
  for (const std::string& member : popped) set->Remove(member);
  call.Changed(EventClass::kSet, "spop", call.arg(1), static_cast<int64_t>(popped.size()));
  if (all) {
    call.PropagateAs({"DEL", call.arg(1)});
  } else {
    // One command for each member, as a real server sends them.
    call.DoNotPropagate();
    for (const std::string& member : popped) call.PropagateAlso({"SREM", call.arg(1), member});
  }
  std::vector<Value> members;
  for (const std::string& member : popped) members.push_back(Value::Bulk(member));
  return Value::Set(std::move(members));
}

// SPOP key [count]
Reply SPop(CommandCall& call) {
  if (call.argc() > 3) return Reply::SyntaxError();
  std::optional<int64_t> count;
  if (call.argc() == 3) {
    count = ParseInteger(call.arg(2));
    if (!count || *count < 0) return Reply::Error("ERR value is out of range, must be positive");
  }
  auto set = call.OpenForWrite<Set>(call.arg(1));
  if (!set) return set.error();
  return count ? PopMany(call, *set, static_cast<size_t>(*count)) : PopOne(call, *set);
}

// SRANDMEMBER key [count]
Reply SRandMember(CommandCall& call) {
  RandomCount wanted;
  if (const auto error = ParseRandomCount(call, {}, wanted)) return *error;
  auto set = call.Read<Set>(call.arg(1));
  if (!set) return set.error();
  if (!*set) return wanted.given ? Reply::Array() : Reply::Null();
  if (!wanted.given) return Reply::Bulk((*set)->RandomMember(call.server.random));
  std::vector<Value> members;
  if (wanted.repeat) {
    for (size_t i = 0; i < wanted.count; ++i)
      members.push_back(Value::Bulk((*set)->RandomMember(call.server.random)));
    return Reply::Array(std::move(members));
  }
  DistinctSample sample(call.server.random, (*set)->size(), wanted.count);
  (*set)->ForEach([&](std::string_view member) {
    if (sample.Take()) members.push_back(Value::Bulk(member));
  });
  return Reply::Array(std::move(members));
}

// SMEMBERS key
Reply SMembers(CommandCall& call) {
  auto set = call.Read<Set>(call.arg(1));
  if (!set) return set.error();
  std::vector<Value> members;
  if (*set) (*set)->ForEach([&](std::string_view m) { members.push_back(Value::Bulk(m)); });
  return Value::Set(std::move(members));
}

// SSCAN key cursor [MATCH pattern] [COUNT count]
Reply SScan(CommandCall& call) {
  const std::optional<uint64_t> cursor = ParseScanCursor(call.arg(2));
  if (!cursor) return Reply::Error("ERR invalid cursor");
  auto set = call.Read<Set>(call.arg(1));
  if (!set) return set.error();
  if (!*set) return ScanReply(0, {});
  ScanOptions options;
  if (const auto error = ParseScanOptions(call.args.subspan(3), AllowType::kNo, options))
    return *error;
  std::vector<Value> members;
  const uint64_t next = (*set)->Scan(*cursor, options.count, [&](std::string_view member) {
    if (options.Matches(member)) members.push_back(Value::Bulk(member));
  });
  return ScanReply(next, std::move(members));
}

// --- Intersection, union, difference: one function each, for the plain and the STORE form.

using Sets = std::vector<const Set*>;  // null for a key that does not exist
using Combine = std::vector<std::string> (*)(const Sets& sets);

std::vector<std::string> Intersect(const Sets& sets) {
  std::vector<std::string> members;
  if (std::find(sets.begin(), sets.end(), nullptr) != sets.end()) return members;
  const Set* smallest = *std::min_element(
      sets.begin(), sets.end(), [](const Set* a, const Set* b) { return a->size() < b->size(); });
  smallest->ForEach([&](std::string_view member) {
    if (std::all_of(sets.begin(), sets.end(), [&](const Set* s) { return s->Contains(member); }))
      members.emplace_back(member);
  });
  return members;
}

std::vector<std::string> Unite(const Sets& sets) {
  const EncodingLimits limits;
  Set all(&limits);
  for (const Set* set : sets)
    if (set) set->ForEach([&](std::string_view member) { all.Add(member); });
  return all.Members();
}

std::vector<std::string> Subtract(const Sets& sets) {
  std::vector<std::string> members;
  if (!sets.front()) return members;
  sets.front()->ForEach([&](std::string_view member) {
    const bool elsewhere = std::any_of(sets.begin() + 1, sets.end(), [&](const Set* other) {
      return other && other->Contains(member);
    });
    if (!elsewhere) members.emplace_back(member);
  });
  return members;
}

// The sets of the keys in args[first, last); every key is checked for its type.
Found<Sets> ReadSets(CommandCall& call, int first, int last) {
  Sets sets;
  for (int i = first; i < last; ++i) {
    auto set = call.Read<Set>(call.arg(i));
    if (!set) return set.error();
    sets.push_back(*set);
  }
  return sets;
}

Reply CombineAndReply(CommandCall& call, Combine combine) {
  auto sets = ReadSets(call, 1, call.argc());
  if (!sets) return sets.error();
  std::vector<Value> members;
  for (const std::string& member : combine(*sets)) members.push_back(Value::Bulk(member));
  return Value::Set(std::move(members));
}

Reply CombineAndStore(CommandCall& call, Combine combine, std::string_view event) {
  auto sets = ReadSets(call, 2, call.argc());
  if (!sets) return sets.error();
  const std::vector<std::string> members = combine(*sets);
  const std::string& target = call.arg(1);
  if (members.empty()) {
    // An expired one counts as well: nobody looks at its time.
    if (call.keyspace().Peek(call.client.db, target)) {
      call.keyspace().Remove(call.client.db, target);
      call.Changed(EventClass::kGeneric, "del", target);
    }
    return Reply::Integer(0);
  }
  Set result(&call.keyspace().limits());
  for (const std::string& member : members) result.Add(member);
  call.keyspace().FindForWrite(call.client.db, target);  // an expired one goes first
  call.keyspace().Put(call.client.db, target, std::move(result));
  call.Changed(EventClass::kSet, event, target);
  return Reply::Integer(static_cast<int64_t>(members.size()));
}

// SINTER key [key ...]
Reply SInter(CommandCall& call) { return CombineAndReply(call, Intersect); }
// SUNION key [key ...]
Reply SUnion(CommandCall& call) { return CombineAndReply(call, Unite); }
// SDIFF key [key ...]
Reply SDiff(CommandCall& call) { return CombineAndReply(call, Subtract); }
// SINTERSTORE destination key [key ...]
Reply SInterStore(CommandCall& call) { return CombineAndStore(call, Intersect, "sinterstore"); }
// SUNIONSTORE destination key [key ...]
Reply SUnionStore(CommandCall& call) { return CombineAndStore(call, Unite, "sunionstore"); }
// SDIFFSTORE destination key [key ...]
Reply SDiffStore(CommandCall& call) { return CombineAndStore(call, Subtract, "sdiffstore"); }

// SINTERCARD numkeys key [key ...] [LIMIT limit]
Reply SInterCard(CommandCall& call) {
  const std::optional<int64_t> count = ParseInteger(call.arg(1));
  if (!count || *count < 1) return Reply::Error("ERR numkeys should be greater than 0");
  if (*count > call.argc() - 2)
    return Reply::Error("ERR Number of keys can't be greater than number of args");
  const int end = 2 + static_cast<int>(*count);
  int64_t limit = 0;
  for (int i = end; i < call.argc(); i += 2) {
    if (!IsOption(call.arg(i), "LIMIT") || i + 1 >= call.argc()) return Reply::SyntaxError();
    const std::optional<int64_t> parsed = ParseInteger(call.arg(i + 1));
    if (!parsed || *parsed < 0) return Reply::Error("ERR LIMIT can't be negative");
    limit = *parsed;
  }
  auto sets = ReadSets(call, 2, end);
  if (!sets) return sets.error();
  const auto found = static_cast<int64_t>(Intersect(*sets).size());
  return Reply::Integer(limit > 0 ? std::min(found, limit) : found);
}

constexpr CommandRow kTable[] = {
    {.name = "sadd", .run = SAdd},
    {.name = "srem", .run = SRem},
    {.name = "smove", .run = SMove},
    {.name = "sismember", .run = SIsMember},
    {.name = "smismember", .run = SMIsMember},
    {.name = "scard", .run = SCard},
    {.name = "spop", .run = SPop},
    {.name = "srandmember", .run = SRandMember},
    {.name = "smembers", .run = SMembers},
    {.name = "sscan", .run = SScan},
    {.name = "sinter", .run = SInter},
    {.name = "sunion", .run = SUnion},
    {.name = "sdiff", .run = SDiff},
    {.name = "sinterstore", .run = SInterStore},
    {.name = "sunionstore", .run = SUnionStore},
    {.name = "sdiffstore", .run = SDiffStore},
    {.name = "sintercard", .run = SInterCard},
};

}  // namespace

std::span<const CommandRow> SetCommands() { return kTable; }

}  // namespace modcert::engine
