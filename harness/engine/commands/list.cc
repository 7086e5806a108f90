// The list commands that read and edit one list. Popping is in list_pop.cc, moving from list to
// list in list_move.cc.

#include <algorithm>
#include <limits>

#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/list_ends.h"
#include "engine/commands/tables.h"

namespace modcert::engine {
namespace {

using resp::Value;

Reply Size(const List* list) {
  return Reply::Integer(list ? static_cast<int64_t>(list->size()) : 0);
}

enum class IfAbsent { kCreate, kDoNothing };

Reply PushAll(CommandCall& call, List::End end, IfAbsent if_absent) {
  auto list = call.OpenForWrite<List>(call.arg(1));
  if (!list) return list.error();
  if (!list->exists() && if_absent == IfAbsent::kDoNothing) return Reply::Integer(0);
  List& items = list->Create();
  for (int i = 2; i < call.argc(); ++i) items.Push(end, call.arg(i));
  const Reply size = Size(&items);  // before listeners hear of it, who may delete the key
  call.Changed(EventClass::kList, PushEvent(end), call.arg(1), call.argc() - 2);
  return size;
}

// LPUSH key element [element ...]
Reply LPush(CommandCall& call) { return PushAll(call, List::End::kHead, IfAbsent::kCreate); }

// RPUSH key element [element ...]
Reply RPush(CommandCall& call) { return PushAll(call, List::End::kTail, IfAbsent::kCreate); }

// LPUSHX key element [element ...]
Reply LPushX(CommandCall& call) { return PushAll(call, List::End::kHead, IfAbsent::kDoNothing); }

// RPUSHX key element [element ...]
Reply RPushX(CommandCall& call) { return PushAll(call, List::End::kTail, IfAbsent::kDoNothing); }

// LLEN key
Reply LLen(CommandCall& call) {
  auto list = call.Read<List>(call.arg(1));
  return list ? Size(*list) : list.error();
}

// The place that `index` names in a list of `size` items, counted from the end when negative.
std::optional<size_t> PlaceOf(int64_t index, size_t size) {
  if (index < 0) index += static_cast<int64_t>(size);
  if (index < 0 || index >= static_cast<int64_t>(size)) return std::nullopt;
  return static_cast<size_t>(index);
}

// LINDEX key index
Reply LIndex(CommandCall& call) {
  auto list = call.Read<List>(call.arg(1));
  if (!list) return list.error();
  if (!*list) return Reply::Null();
  const std::optional<int64_t> index = ParseInteger(call.arg(2));
  if (!index) return Reply::NotAnInteger();
  const std::optional<size_t> place = PlaceOf(*index, (*list)->size());
  return place ? Reply::Bulk((*list)->at(*place)) : Reply::Null();
}

// LSET key index element
Reply LSet(CommandCall& call) {
  auto list = call.OpenForWrite<List>(call.arg(1));
  if (!list) return list.error();
  if (!list->exists()) return Reply::NoSuchKey();
  const std::optional<int64_t> index = ParseInteger(call.arg(2));
  if (!index) return Reply::NotAnInteger();
  const std::optional<size_t> place = PlaceOf(*index, (*list)->size());
  if (!place) return Reply::OutOfRange();
  (*list)->SetAt(*place, call.arg(3));
  call.Changed(EventClass::kList, "lset", call.arg(1));
  return Reply::Ok();
}

// LINSERT key BEFORE|AFTER pivot element
Reply LInsert(CommandCall& call) {
  const bool after = IsOption(call.arg(2), "AFTER");
  if (!after && !IsOption(call.arg(2), "BEFORE")) return Reply::SyntaxError();
  auto list = call.OpenForWrite<List>(call.arg(1));
  if (!list) return list.error();
  if (!list->exists()) return Reply::Integer(0);
  List& items = **list;
  for (size_t i = 0; i < items.size(); ++i) {
    if (items.at(i) != call.arg(3)) continue;
    items.InsertAt(after ? i + 1 : i, call.arg(4));
    const Reply size = Size(&items);
    call.Changed(EventClass::kList, "linsert", call.arg(1));
    return size;
  }
  return Reply::Integer(-1);
}

// The items [first, first + count) that "start stop" names.
struct Slice {
  size_t first = 0;
  size_t count = 0;
};

Slice SliceOf(int64_t start, int64_t stop, size_t size) {
  const auto length = static_cast<int64_t>(size);
  if (start < 0) start = std::max<int64_t>(start + length, 0);
  if (stop < 0) stop += length;
  stop = std::min(stop, length - 1);
  if (start > stop) return {};
  return {static_cast<size_t>(start), static_cast<size_t>(stop - start + 1)};
}

// LRANGE key start stop
Reply LRange(CommandCall& call) {
  const std::optional<int64_t> start = ParseInteger(call.arg(2));
  const std::optional<int64_t> stop = ParseInteger(call.arg(3));
  if (!start || !stop) return Reply::NotAnInteger();
  auto list = call.Read<List>(call.arg(1));
  if (!list) return list.error();
  if (!*list) return Reply::Array();
  const Slice slice = SliceOf(*start, *stop, (*list)->size());
  std::vector<Value> items;
  items.reserve(slice.count);
  for (size_t i = 0; i < slice.count; ++i)
    items.push_back(Value::Bulk((*list)->at(slice.first + i)));
  return Reply::Array(std::move(items));
}

// LTRIM key start stop
Reply LTrim(CommandCall& call) {
  const std::optional<int64_t> start = ParseInteger(call.arg(2));
  const std::optional<int64_t> stop = ParseInteger(call.arg(3));
  if (!start || !stop) return Reply::NotAnInteger();
  auto list = call.OpenForWrite<List>(call.arg(1));
  if (!list) return list.error();
  if (!list->exists()) return Reply::Ok();
  const size_t size = (*list)->size();
  const Slice slice = SliceOf(*start, *stop, size);
  (*list)->Trim(slice.first, slice.count);
  // The event fires even when nothing was cut off; replicas are only told of a change.
  call.Changed(EventClass::kList, "ltrim", call.arg(1), static_cast<int64_t>(size - slice.count));
  return Reply::Ok();
}

// Removes up to `count` items equal to `item`, from the tail when negative, all with 0.
int64_t RemoveEqual(List& items, const std::string& item, int64_t count) {
  const bool from_tail = count < 0;
  const uint64_t wanted =
      from_tail ? 0 - static_cast<uint64_t>(count) : static_cast<uint64_t>(count);
  uint64_t removed = 0;
  size_t kept = 0;  // items passed over, counted from the end at which the search began
  while (kept < items.size() && (wanted == 0 || removed < wanted)) {
    const size_t place = from_tail ? items.size() - 1 - kept : kept;
    if (items.at(place) == item) {
      items.EraseAt(place);
      ++removed;
    } else {
      ++kept;
    }
  }
  return static_cast<int64_t>(removed);
}

// LREM key count element
Reply LRem(CommandCall& call) {
  const std::optional<int64_t> count = ParseInteger(call.arg(2));
  if (!count) return Reply::NotAnInteger();
  auto list = call.OpenForWrite<List>(call.arg(1));
  if (!list) return list.error();
  if (!list->exists()) return Reply::Integer(0);
  const int64_t removed = RemoveEqual(**list, call.arg(3), *count);
  if (removed > 0) call.Changed(EventClass::kList, "lrem", call.arg(1), removed);
  return Reply::Integer(removed);
}

struct PosOptions {
  int64_t rank = 1;              // the match to begin with; negative: from the tail
  std::optional<int64_t> count;  // 0: all matches
  int64_t max_length = 0;        // comparisons at most; 0: all
};

std::optional<Reply> ParsePosOptions(const CommandCall& call, PosOptions& options) {
  for (int i = 3; i < call.argc(); i += 2) {
    if (i + 1 >= call.argc()) return Reply::SyntaxError();
    const std::optional<int64_t> number = ParseInteger(call.arg(i + 1));
    if (IsOption(call.arg(i), "RANK")) {
      if (!number) return Reply::NotAnInteger();
      if (*number == 0)
        return Reply::Error(
            "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... "
            "or use negative to start from the end of the list");
      options.rank = *number;
    } else if (IsOption(call.arg(i), "COUNT")) {
      if (!number || *number < 0) return Reply::Error("ERR COUNT can't be negative");
      options.count = *number;
    } else if (IsOption(call.arg(i), "MAXLEN")) {
      if (!number || *number < 0) return Reply::Error("ERR MAXLEN can't be negative");
      options.max_length = *number;
    } else {
      return Reply::SyntaxError();
    }
  }
  return std::nullopt;
}

// The places of the matches that the options ask for, in the order of the search.
std::vector<size_t> FindMatches(const List& items, const std::string& item,
                                const PosOptions& options) {
  const bool from_tail = options.rank < 0;
  // The smallest rank has no positive counterpart; a real server then skips nothing.
  const bool has_opposite = options.rank != std::numeric_limits<int64_t>::min();
  int64_t to_skip = !from_tail ? options.rank - 1 : has_opposite ? -options.rank - 1 : 0;
  const int64_t wanted = options.count.value_or(1);
  const size_t length = options.max_length == 0
                            ? items.size()
                            : std::min(items.size(), static_cast<size_t>(options.max_length));
  std::vector<size_t> places;
  for (size_t i = 0; i < length; ++i) {
    const size_t place = from_tail ? items.size() - 1 - i : i;
    if (items.at(place) != item || to_skip-- > 0) continue;
    places.push_back(place);
    if (wanted != 0 && static_cast<int64_t>(places.size()) >= wanted) break;
  }
  return places;
}

// LPOS key element [RANK rank] [COUNT num-matches] [MAXLEN len]
Reply LPos(CommandCall& call) {
  PosOptions options;
  if (const auto error = ParsePosOptions(call, options)) return *error;
  auto list = call.Read<List>(call.arg(1));
  if (!list) return list.error();
  std::vector<Value> places;
  if (*list)
    for (size_t place : FindMatches(**list, call.arg(2), options))
      places.push_back(Value::Integer(static_cast<int64_t>(place)));
  if (options.count) return Reply::Array(std::move(places));
  return places.empty() ? Reply::Null() : Reply(places.front());
}

constexpr CommandRow kTable[] = {
    {.name = "lpush", .run = LPush},   {.name = "rpush", .run = RPush},
    {.name = "lpushx", .run = LPushX}, {.name = "rpushx", .run = RPushX},
    {.name = "llen", .run = LLen},     {.name = "lindex", .run = LIndex},
    {.name = "lset", .run = LSet},     {.name = "linsert", .run = LInsert},
    {.name = "lrange", .run = LRange}, {.name = "ltrim", .run = LTrim},
    {.name = "lrem", .run = LRem},     {.name = "lpos", .run = LPos},
};

}  // namespace

std::span<const CommandRow> ListCommands() { return kTable; }

}  // namespace modcert::engine
