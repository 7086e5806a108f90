// Ranges of sorted sets, by rank, score or member: counted, listed, stored, removed.

#include <algorithm>
#include <utility>

#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/option_word.h"
#include "engine/commands/sorted_set_interval.h"
#include "engine/commands/sorted_set_result.h"
#include "engine/commands/tables.h"

namespace modcert::engine {
namespace {

Reply CountItems(CommandCall& call, RangeBy by) {
  Interval interval;
  if (const auto error = ParseInterval(by, call.arg(2), call.arg(3), interval)) return *error;
  auto zset = call.Read<ZSet>(call.arg(1));
  if (!zset) return zset.error();
  return Reply::Integer(*zset ? static_cast<int64_t>(FindRanks(**zset, interval).count()) : 0);
}

// ZCOUNT key min max
Reply ZCount(CommandCall& call) { return CountItems(call, RangeBy::kScore); }

// ZLEXCOUNT key min max
Reply ZLexCount(CommandCall& call) { return CountItems(call, RangeBy::kLex); }

// --- Listing and storing.

// What a command of the ZRANGE family fixes by its name; the rest may come as options.
struct RangeForm {
  int source = 1;  // the argument that names the sorted set; min and max follow it
  std::optional<RangeBy> by = {};
  std::optional<Direction> direction = {};
};

struct RangeOptions {
  RangeBy by = RangeBy::kRank;
  Direction direction = Direction::kUp;
  WithScores with_scores = WithScores::kNo;
  int64_t offset = 0;
  int64_t limit = -1;  // -1: no limit

  bool stores = false;  // ZRANGESTORE
};

std::optional<Reply> ReadLimit(const std::string& offset, const std::string& limit,
                               RangeOptions& options) {
  const std::optional<int64_t> first = ParseInteger(offset);
  const std::optional<int64_t> count = ParseInteger(limit);
  if (!first || !count) return Reply::NotAnInteger();
  options.offset = *first;
  options.limit = *count;
  return std::nullopt;
}

// Options that make no sense together.
std::optional<Reply> CheckRangeOptions(const RangeOptions& options) {
  if (options.limit != -1 && options.by == RangeBy::kRank)
    return Reply::Error(
        "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
  if (options.with_scores == WithScores::kYes && options.by == RangeBy::kLex)
    return Reply::Error("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
  return std::nullopt;
}

std::optional<Reply> ParseRangeOptions(const CommandCall& call, const RangeForm& form,
                                       RangeOptions& options) {
  options.stores = form.source == 2;
  std::optional<RangeBy> by = form.by;
  std::optional<Direction> direction = form.direction;
  for (int i = form.source + 3; i < call.argc(); ++i) {
    const std::string& word = call.arg(i);
    if (!options.stores && IsOption(word, "WITHSCORES")) {
      options.with_scores = WithScores::kYes;
    } else if (IsOption(word, "LIMIT") && i + 2 < call.argc()) {
      if (const auto error = ReadLimit(call.arg(i + 1), call.arg(i + 2), options)) return error;
      i += 2;
    } else if (!direction && IsOption(word, "REV")) {
      direction = Direction::kDown;
    } else if (!by && IsOption(word, "BYLEX")) {
      by = RangeBy::kLex;
    } else if (!by && IsOption(word, "BYSCORE")) {
      by = RangeBy::kScore;
    } else {
      return Reply::SyntaxError();
    }
  }
  options.by = by.value_or(RangeBy::kRank);
  if (options.by == RangeBy::kRank && options.limit == -1) options.offset = 0;  // not looked at
  options.direction = direction.value_or(Direction::kUp);
  return CheckRangeOptions(options);
}

// The items that the interval and LIMIT leave. A negative offset leaves none, a negative limit all.
Ranks SelectRanks(const ZSet& zset, const Interval& interval, const RangeOptions& options) {
  if (options.offset < 0) return {};
  const Ranks ranks =
      FindRanks(zset, interval, options.direction, static_cast<size_t>(options.offset));
  if (options.limit < 0 || static_cast<size_t>(options.limit) >= ranks.count()) return ranks;
  const auto limit = static_cast<size_t>(options.limit);
  if (options.direction == Direction::kUp) return {ranks.first, ranks.first + limit};
  return {ranks.end - limit, ranks.end};
}

void ForEachInOrder(const ZSet& zset, Ranks ranks, Direction direction, const ZSet::Visit& visit) {
  if (direction == Direction::kUp) return zset.ForEach(ranks.first, ranks.end, visit);
  for (size_t rank = ranks.end; rank > ranks.first; --rank) visit(zset.At(rank - 1));
}

Reply StoreRange(CommandCall& call, const ZSet* source, Ranks ranks, RangeBy by) {
  const EncodingLimits& limits = call.keyspace().limits();
  ZSet result(&limits);
  // The number of items is known beforehand only here; it shows in -0, which a listpack has not.
  if (by == RangeBy::kRank && std::cmp_greater(ranks.count(), limits.zset_max_listpack_entries))
    result.ConvertToSkipList();
  if (source)
    source->ForEach(ranks.first, ranks.end,
                    [&](const ZSet::Item& item) { result.Set(item.member, item.score); });
  return StoreSortedSet(call, call.arg(1), std::move(result), "zrangestore");
}

Reply Range(CommandCall& call, const RangeForm& form) {
  RangeOptions options;
  if (const auto error = ParseRangeOptions(call, form, options)) return *error;
  const std::string* min = &call.arg(form.source + 1);
  const std::string* max = &call.arg(form.source + 2);
  // Downwards, scores and members are given with the higher end first.
  if (options.direction == Direction::kDown && options.by != RangeBy::kRank) std::swap(min, max);
  Interval interval;
  if (const auto error = ParseInterval(options.by, *min, *max, interval)) return *error;

  auto zset = call.Read<ZSet>(call.arg(form.source));
  if (!zset) return zset.error();
  Ranks ranks;
  if (*zset) ranks = SelectRanks(**zset, interval, options);
  if (options.stores) return StoreRange(call, *zset, ranks, options.by);
  ItemList items(call, options.with_scores);
  if (*zset)
    ForEachInOrder(**zset, ranks, options.direction,
                   [&](const ZSet::Item& item) { items.Add(item.member, item.score); });
  return items.Take();
}

// ZRANGE key start stop [BYSCORE|BYLEX] [REV] [LIMIT offset count] [WITHSCORES]
Reply ZRange(CommandCall& call) { return Range(call, {}); }

// ZRANGESTORE dst src min max [BYSCORE|BYLEX] [REV] [LIMIT offset count]
Reply ZRangeStore(CommandCall& call) { return Range(call, {.source = 2}); }

// ZREVRANGE key start stop [WITHSCORES]
Reply ZRevRange(CommandCall& call) {
  return Range(call, {.by = RangeBy::kRank, .direction = Direction::kDown});
}

// ZRANGEBYSCORE key min max [WITHSCORES] [LIMIT offset count]
Reply ZRangeByScore(CommandCall& call) {
  return Range(call, {.by = RangeBy::kScore, .direction = Direction::kUp});
}

// ZREVRANGEBYSCORE key max min [WITHSCORES] [LIMIT offset count]
Reply ZRevRangeByScore(CommandCall& call) {
  return Range(call, {.by = RangeBy::kScore, .direction = Direction::kDown});
}

// ZRANGEBYLEX key min max [LIMIT offset count]
Reply ZRangeByLex(CommandCall& call) {
  return Range(call, {.by = RangeBy::kLex, .direction = Direction::kUp});
}

// ZREVRANGEBYLEX key max min [LIMIT offset count]
Reply ZRevRangeByLex(CommandCall& call) {
  return Range(call, {.by = RangeBy::kLex, .direction = Direction::kDown});
}

// --- Removing.

Reply RemoveItems(CommandCall& call, RangeBy by, std::string_view event) {
  Interval interval;
  if (const auto error = ParseInterval(by, call.arg(2), call.arg(3), interval)) return *error;
  auto zset = call.OpenForWrite<ZSet>(call.arg(1));
  if (!zset) return zset.error();
  if (!zset->exists()) return Reply::Integer(0);
  const Ranks ranks = FindRanks(**zset, interval);
  std::vector<std::string> members;
  (*zset)->ForEach(ranks.first, ranks.end,
                   [&](const ZSet::Item& item) { members.push_back(item.member); });
  for (const std::string& member : members) (*zset)->Remove(member);
  const auto removed = static_cast<int64_t>(members.size());
  if (removed > 0) call.Changed(EventClass::kZset, event, call.arg(1), removed);
  return Reply::Integer(removed);
}

// ZREMRANGEBYRANK key start stop
Reply ZRemRangeByRank(CommandCall& call) {
  return RemoveItems(call, RangeBy::kRank, "zremrangebyrank");
}

// ZREMRANGEBYSCORE key min max
Reply ZRemRangeByScore(CommandCall& call) {
  return RemoveItems(call, RangeBy::kScore, "zremrangebyscore");
}

// ZREMRANGEBYLEX key min max
Reply ZRemRangeByLex(CommandCall& call) {
  return RemoveItems(call, RangeBy::kLex, "zremrangebylex");
}

constexpr CommandRow kTable[] = {
    {.name = "zcount", .run = ZCount},
    {.name = "zlexcount", .run = ZLexCount},
    {.name = "zrange", .run = ZRange},
    {.name = "zrangestore", .run = ZRangeStore},
    {.name = "zrevrange", .run = ZRevRange},
    {.name = "zrangebyscore", .run = ZRangeByScore},
    {.name = "zrevrangebyscore", .run = ZRevRangeByScore},
    {.name = "zrangebylex", .run = ZRangeByLex},
    {.name = "zrevrangebylex", .run = ZRevRangeByLex},
    {.name = "zremrangebyrank", .run = ZRemRangeByRank},
    {.name = "zremrangebyscore", .run = ZRemRangeByScore},
    {.name = "zremrangebylex", .run = ZRemRangeByLex},
};

}  // namespace

std::span<const CommandRow> SortedSetRangeCommands() { return kTable; }

}  // namespace modcert::engine
