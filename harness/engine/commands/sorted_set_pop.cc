// Taking the lowest or highest items off sorted sets, and the forms that wait for an item.

#include <algorithm>

#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/block_on_keys.h"
#include "engine/commands/multi_pop_options.h"
#include "engine/commands/option_word.h"
#include "engine/commands/sorted_set_result.h"
#include "engine/commands/tables.h"

namespace modcert::engine {
namespace {

using resp::Value;

enum class Extreme { kMin, kMax };

// Pops up to `count` items of a sorted set that exists.
std::vector<ZSet::Item> PopItems(CommandCall& call, WriteHandle<ZSet>& zset, Extreme extreme,
                                 size_t count) {
  std::vector<ZSet::Item> items;
  for (size_t n = std::min(count, zset->size()); n > 0; --n) {
    items.push_back(zset->At(extreme == Extreme::kMin ? 0 : zset->size() - 1));
    zset->Remove(items.back().member);
  }
  call.Changed(EventClass::kZset, extreme == Extreme::kMin ? "zpopmin" : "zpopmax", zset.key(),
               static_cast<int64_t>(items.size()));
  return items;
}

Reply Pop(CommandCall& call, Extreme extreme) {
  if (call.argc() > 3) return Reply::SyntaxError();
  int64_t count = 1;
  if (call.argc() == 3) {
    const std::optional<int64_t> parsed = ParseInteger(call.arg(2));
    if (!parsed || *parsed < 0) return Reply::Error("ERR value is out of range, must be positive");
    count = *parsed;
  }
  auto zset = call.OpenForWrite<ZSet>(call.arg(1));
  if (!zset) return zset.error();
  if (!zset->exists() || count == 0) return Reply::Array();
  const std::vector<ZSet::Item> popped = PopItems(call, *zset, extreme, static_cast<size_t>(count));
  // Without a count there is one item, which stands by itself in RESP3 too.
  if (call.argc() == 2)
    return Reply::Array({Value::Bulk(popped[0].member), Value::Double(popped[0].score)});
  ItemList items(call, WithScores::kYes);
  for (const ZSet::Item& item : popped) items.Add(item.member, item.score);
  return items.Take();
}

// ZPOPMIN key [count]
Reply ZPopMin(CommandCall& call) { return Pop(call, Extreme::kMin); }

// ZPOPMAX key [count]
Reply ZPopMax(CommandCall& call) { return Pop(call, Extreme::kMax); }

std::string PopCommand(Extreme extreme) { return extreme == Extreme::kMin ? "ZPOPMIN" : "ZPOPMAX"; }

// One key of BZPOPMIN: the key, its item and the score. Replicas get the ZPOPMIN.
TryKey TryPop(Extreme extreme) {
  return [extreme](CommandCall& call, const std::string& key) -> std::optional<Reply> {
    auto zset = call.OpenForWrite<ZSet>(key);
    if (!zset) return zset.error();
    if (!zset->exists()) return std::nullopt;
    const ZSet::Item item = PopItems(call, *zset, extreme, 1).front();
    call.PropagateAs({PopCommand(extreme), key});
    return Reply::Array({Value::Bulk(key), Value::Bulk(item.member), Value::Double(item.score)});
  };
}

// One key of ZMPOP: the key and pairs of item and score. Replicas get a ZPOPMIN with a count.
TryKey TryPopMany(Extreme extreme, int64_t count) {
  return [extreme, count](CommandCall& call, const std::string& key) -> std::optional<Reply> {
    auto zset = call.OpenForWrite<ZSet>(key);
    if (!zset) return zset.error();
    if (!zset->exists()) return std::nullopt;
    std::vector<Value> items;
    for (const ZSet::Item& item : PopItems(call, *zset, extreme, static_cast<size_t>(count)))
      items.push_back(Value::Array({Value::Bulk(item.member), Value::Double(item.score)}));
    call.PropagateAs({PopCommand(extreme), key, std::to_string(items.size())});
    return Reply::Array({Value::Bulk(key), Value::Array(std::move(items))});
  };
}

Reply BlockingPop(CommandCall& call, Extreme extreme) {
  const int last = call.argc() - 1;
  int64_t deadline_ms = 0;
  if (const auto error = ParseBlockingTimeout(call, call.arg(last), deadline_ms)) return *error;
  return ServeOrBlock(call, {.keys = call.args.subspan(1, static_cast<size_t>(last) - 1),
                             .deadline_ms = deadline_ms,
                             .try_key = TryPop(extreme),
                             .holds_wanted = Holds<ZSet>});
}

// BZPOPMIN key [key ...] timeout
Reply BZPopMin(CommandCall& call) { return BlockingPop(call, Extreme::kMin); }

// BZPOPMAX key [key ...] timeout
Reply BZPopMax(CommandCall& call) { return BlockingPop(call, Extreme::kMax); }

std::optional<Extreme> ParseExtreme(std::string_view word) {
  if (IsOption(word, "MIN")) return Extreme::kMin;
  if (IsOption(word, "MAX")) return Extreme::kMax;
  return std::nullopt;
}

bool IsExtreme(std::string_view word) { return ParseExtreme(word).has_value(); }

// ZMPOP numkeys key [key ...] MIN|MAX [COUNT count]
Reply ZMPop(CommandCall& call) {
  MultiPopOptions options;
  if (const auto error = ParseMultiPop(call.args.subspan(1), IsExtreme, options)) return *error;
  const TryKey try_key = TryPopMany(*ParseExtreme(options.word), options.count);
  for (const std::string& key : options.keys)
    if (std::optional<Reply> reply = try_key(call, key)) return *reply;
  return Reply::NullArray();
}

// BZMPOP timeout numkeys key [key ...] MIN|MAX [COUNT count]
Reply BZMPop(CommandCall& call) {
  MultiPopOptions options;
  if (const auto error = ParseMultiPop(call.args.subspan(2), IsExtreme, options)) return *error;
  int64_t deadline_ms = 0;
  if (const auto error = ParseBlockingTimeout(call, call.arg(1), deadline_ms)) return *error;
  return ServeOrBlock(call, {.keys = options.keys,
                             .deadline_ms = deadline_ms,
                             .try_key = TryPopMany(*ParseExtreme(options.word), options.count),
                             .holds_wanted = Holds<ZSet>});
}

constexpr CommandRow kTable[] = {
    {.name = "zpopmin", .run = ZPopMin},   {.name = "zpopmax", .run = ZPopMax},
    {.name = "bzpopmin", .run = BZPopMin}, {.name = "bzpopmax", .run = BZPopMax},
    {.name = "zmpop", .run = ZMPop},       {.name = "bzmpop", .run = BZMPop},
};

}  // namespace

std::span<const CommandRow> SortedSetPopCommands() { return kTable; }

}  // namespace modcert::engine
