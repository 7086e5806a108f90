// Taking items off lists: LPOP, RPOP, LMPOP, and their forms that wait for an item.

#include <algorithm>

#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/block_on_keys.h"
#include "engine/commands/list_ends.h"
#include "engine/commands/multi_pop_options.h"
#include "engine/commands/tables.h"

namespace modcert::engine {
namespace {

using resp::Value;

// Pops up to `count` items of a list that exists.
std::vector<Value> PopItems(CommandCall& call, WriteHandle<List>& list, List::End end,
                            size_t count) {
  std::vector<Value> items;
  for (size_t n = std::min(count, list->size()); n > 0; --n)
    items.push_back(Value::Bulk(list->Pop(end)));
  call.Changed(EventClass::kList, PopEvent(end), list.key(), static_cast<int64_t>(items.size()));
  return items;
}

Reply PopMany(CommandCall& call, WriteHandle<List>& list, List::End end, size_t count) {
  if (!list.exists()) return Reply::NullArray();
  if (count == 0) return Reply::Array();
  return Reply::Array(PopItems(call, list, end, count));
}

Reply Pop(CommandCall& call, List::End end) {
  if (call.argc() > 3) return Reply::WrongArity(call.command.name);
  std::optional<int64_t> count;
  if (call.argc() == 3) {
    count = ParseInteger(call.arg(2));
    if (!count || *count < 0) return Reply::Error("ERR value is out of range, must be positive");
  }
  auto list = call.OpenForWrite<List>(call.arg(1));
  if (!list) return list.error();
  if (count) return PopMany(call, *list, end, static_cast<size_t>(*count));
  if (!list->exists()) return Reply::Null();
  return PopItems(call, *list, end, 1).front();
}

// LPOP key [count]
Reply LPop(CommandCall& call) { return Pop(call, List::End::kHead); }

// RPOP key [count]
Reply RPop(CommandCall& call) { return Pop(call, List::End::kTail); }

std::string PopCommand(List::End end) { return end == List::End::kHead ? "LPOP" : "RPOP"; }

// One key of BLPOP: the key and its item. Replicas get the LPOP.
TryKey TryPop(List::End end) {
  return [end](CommandCall& call, const std::string& key) -> std::optional<Reply> {
    auto list = call.OpenForWrite<List>(key);
    if (!list) return list.error();
    if (!list->exists()) return std::nullopt;
    Value item = Value::Bulk((*list)->Pop(end));
    TookItem(call, PopEvent(end), key);
    call.PropagateAs({PopCommand(end), key});
    return Reply::Array({Value::Bulk(key), std::move(item)});
  };
}

// One key of LMPOP: the key and its items. Replicas get an LPOP with the number of items.
TryKey TryPopMany(List::End end, int64_t count) {
  return [end, count](CommandCall& call, const std::string& key) -> std::optional<Reply> {
    auto list = call.OpenForWrite<List>(key);
    if (!list) return list.error();
    if (!list->exists()) return std::nullopt;
    std::vector<Value> items = PopItems(call, *list, end, static_cast<size_t>(count));
    call.PropagateAs({PopCommand(end), key, std::to_string(items.size())});
    return Reply::Array({Value::Bulk(key), Value::Array(std::move(items))});
  };
}

Reply BlockingPop(CommandCall& call, List::End end) {
  const int last = call.argc() - 1;
  int64_t deadline_ms = 0;
  if (const auto error = ParseBlockingTimeout(call, call.arg(last), deadline_ms)) return *error;
  return ServeOrBlock(call, {.keys = call.args.subspan(1, static_cast<size_t>(last) - 1),
                             .deadline_ms = deadline_ms,
                             .try_key = TryPop(end),
                             .holds_wanted = Holds<List>});
}

// BLPOP key [key ...] timeout
Reply BLPop(CommandCall& call) { return BlockingPop(call, List::End::kHead); }

// BRPOP key [key ...] timeout
Reply BRPop(CommandCall& call) { return BlockingPop(call, List::End::kTail); }

bool IsListEnd(std::string_view word) { return ParseListEnd(word).has_value(); }

// LMPOP numkeys key [key ...] LEFT|RIGHT [COUNT count]
Reply LMPop(CommandCall& call) {
  MultiPopOptions options;
  if (const auto error = ParseMultiPop(call.args.subspan(1), IsListEnd, options)) return *error;
  const TryKey try_key = TryPopMany(*ParseListEnd(options.word), options.count);
  for (const std::string& key : options.keys)
    if (std::optional<Reply> reply = try_key(call, key)) return *reply;
  return Reply::NullArray();
}

// BLMPOP timeout numkeys key [key ...] LEFT|RIGHT [COUNT count]
Reply BLMPop(CommandCall& call) {
  MultiPopOptions options;
  if (const auto error = ParseMultiPop(call.args.subspan(2), IsListEnd, options)) return *error;
  int64_t deadline_ms = 0;
  if (const auto error = ParseBlockingTimeout(call, call.arg(1), deadline_ms)) return *error;
  return ServeOrBlock(call, {.keys = options.keys,
                             .deadline_ms = deadline_ms,
                             .try_key = TryPopMany(*ParseListEnd(options.word), options.count),
                             .holds_wanted = Holds<List>});
}

constexpr CommandRow kTable[] = {
    {.name = "lpop", .run = LPop},   {.name = "rpop", .run = RPop},
    {.name = "blpop", .run = BLPop}, {.name = "brpop", .run = BRPop},
    {.name = "lmpop", .run = LMPop}, {.name = "blmpop", .run = BLMPop},
};

}  // namespace

std::span<const CommandRow> ListPopCommands() { return kTable; }

}  // namespace modcert::engine
