// The sorted set commands about single members. Ranges are in sorted_set_range.cc, popping in
// sorted_set_pop.cc, union, intersection and difference in sorted_set_combine.cc.

#include <cmath>

#include "base/double_to_text.h"
#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/option_word.h"
#include "engine/commands/random_count.h"
#include "engine/commands/scan_options.h"
#include "engine/commands/sorted_set_interval.h"
#include "engine/commands/sorted_set_result.h"
#include "engine/commands/tables.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

using resp::Value;

struct AddOptions {
  bool only_new = false;       // NX
  bool only_existing = false;  // XX
  bool only_greater = false;   // GT
  bool only_less = false;      // LT
  bool count_changed = false;  // CH
  bool increment = false;      // INCR
  int first_score = 2;         // where the pairs of score and member begin
};

// One option word; false when `word` is none.
bool ReadAddOption(std::string_view word, AddOptions& options) {
  if (IsOption(word, "NX")) return options.only_new = true;
  if (IsOption(word, "XX")) return options.only_existing = true;
  if (IsOption(word, "GT")) return options.only_greater = true;
  if (IsOption(word, "LT")) return options.only_less = true;
  if (IsOption(word, "CH")) return options.count_changed = true;
  if (IsOption(word, "INCR")) return options.increment = true;
  return false;
}

std::optional<Reply> ParseAddOptions(const CommandCall& call, AddOptions& options) {
  int& next = options.first_score;
  while (next < call.argc() && ReadAddOption(call.arg(next), options)) ++next;
  const int rest = call.argc() - next;
  if (rest == 0 || rest % 2 != 0) return Reply::SyntaxError();
  if (options.only_new && options.only_existing)
    return Reply::Error("ERR XX and NX options at the same time are not compatible");
  if (options.only_new + options.only_greater + options.only_less > 1)
    return Reply::Error("ERR GT, LT, and/or NX options at the same time are not compatible");
  if (options.increment && rest > 2)
    return Reply::Error("ERR INCR option supports a single increment-element pair");
  return std::nullopt;
}

enum class AddOutcome { kAdded, kUpdated, kUnchanged, kRefused, kNotANumber };

// Adds one member or changes its score; `score` becomes the one it has now.
AddOutcome AddOne(ZSet& zset, const std::string& member, const AddOptions& options, double& score) {
  const std::optional<double> old = zset.Score(member);
  if (!old) {
    if (options.only_existing) return AddOutcome::kRefused;
    zset.Set(member, score);
    return AddOutcome::kAdded;
  }
  if (options.only_new) return AddOutcome::kRefused;
  if (options.increment) score += *old;
  if (std::isnan(score)) return AddOutcome::kNotANumber;
  if (options.only_less && score >= *old) return AddOutcome::kRefused;
  if (options.only_greater && score <= *old) return AddOutcome::kRefused;
  if (score == *old) return AddOutcome::kUnchanged;
  zset.Set(member, score);
  return AddOutcome::kUpdated;
}

// What became of all the pairs of a call.
struct AddTotals {
  int64_t added = 0;
  int64_t updated = 0;
  AddOutcome last = AddOutcome::kRefused;
  double last_score = 0;
};

AddTotals AddAll(CommandCall& call, const AddOptions& options, std::vector<double>& scores,
                 WriteHandle<ZSet>& zset) {
  AddTotals totals;
  if (!zset.exists() && options.only_existing) return totals;
  ZSet& items = zset.Create();
  for (size_t i = 0; i < scores.size(); ++i) {
    const std::string& member = call.arg(options.first_score + 2 * static_cast<int>(i) + 1);
    totals.last = AddOne(items, member, options, scores[i]);
    totals.last_score = scores[i];
    if (totals.last == AddOutcome::kAdded) ++totals.added;
    if (totals.last == AddOutcome::kUpdated) ++totals.updated;
  }
  return totals;
}

Reply AddPairs(CommandCall& call, const AddOptions& options) {
  std::vector<double> scores;
  for (int i = options.first_score; i < call.argc(); i += 2) {
    const std::optional<double> score = ParseDouble(call.arg(i));
    if (!score) return Reply::NotAFloat();
    scores.push_back(*score);
  }
  auto zset = call.OpenForWrite<ZSet>(call.arg(1));
  if (!zset) return zset.error();
  const AddTotals totals = AddAll(call, options, scores, *zset);
  if (totals.last == AddOutcome::kNotANumber)
    return Reply::Error("ERR resulting score is not a number (NaN)");
  const int64_t changed = totals.added + totals.updated;
  if (changed > 0)
    call.Changed(EventClass::kZset, options.increment ? "zincr" : "zadd", call.arg(1), changed);
  if (!options.increment) return Reply::Integer(options.count_changed ? changed : totals.added);
  if (totals.last == AddOutcome::kRefused) return Reply::Null();
  return Reply::Double(totals.last_score);
}

// ZADD key [NX|XX] [GT|LT] [CH] [INCR] score member [score member ...]
Reply ZAdd(CommandCall& call) {
  AddOptions options;
  if (const auto error = ParseAddOptions(call, options)) return *error;
  return AddPairs(call, options);
}

// ZINCRBY key increment member
Reply ZIncrBy(CommandCall& call) { return AddPairs(call, {.increment = true, .first_score = 2}); }

// ZREM key member [member ...]
Reply ZRem(CommandCall& call) {
  auto zset = call.OpenForWrite<ZSet>(call.arg(1));
  if (!zset) return zset.error();
  if (!zset->exists()) return Reply::Integer(0);
  int64_t removed = 0;
  for (int i = 2; i < call.argc(); ++i) removed += (*zset)->Remove(call.arg(i));
  if (removed > 0) call.Changed(EventClass::kZset, "zrem", call.arg(1), removed);
  return Reply::Integer(removed);
}

// ZCARD key
Reply ZCard(CommandCall& call) {
  auto zset = call.Read<ZSet>(call.arg(1));
  if (!zset) return zset.error();
  return Reply::Integer(*zset ? static_cast<int64_t>((*zset)->size()) : 0);
}

Value ScoreReply(const ZSet* zset, const std::string& member) {
  const std::optional<double> score = zset ? zset->Score(member) : std::nullopt;
  return score ? Value::Double(*score) : Value::Null();
}

// ZSCORE key member
Reply ZScore(CommandCall& call) {
  auto zset = call.Read<ZSet>(call.arg(1));
  if (!zset) return zset.error();
  return ScoreReply(*zset, call.arg(2));
}

// ZMSCORE key member [member ...]
Reply ZMScore(CommandCall& call) {
  auto zset = call.Read<ZSet>(call.arg(1));
  if (!zset) return zset.error();
  std::vector<Value> scores;
  for (int i = 2; i < call.argc(); ++i) scores.push_back(ScoreReply(*zset, call.arg(i)));
  return Reply::Array(std::move(scores));
}

Reply RankReply(CommandCall& call, Direction direction) {
  auto zset = call.Read<ZSet>(call.arg(1));
  if (!zset) return zset.error();
  const std::optional<size_t> rank = *zset ? (*zset)->Rank(call.arg(2)) : std::nullopt;
  if (!rank) return Reply::Null();
  const size_t place = direction == Direction::kUp ? *rank : (*zset)->size() - 1 - *rank;
  return Reply::Integer(static_cast<int64_t>(place));
}

// ZRANK key member
Reply ZRank(CommandCall& call) { return RankReply(call, Direction::kUp); }

// ZREVRANK key member
Reply ZRevRank(CommandCall& call) { return RankReply(call, Direction::kDown); }

// ZRANDMEMBER key [count [WITHSCORES]]
Reply ZRandMember(CommandCall& call) {
  RandomCount wanted;
  if (const auto error = ParseRandomCount(call, "WITHSCORES", wanted)) return *error;
  auto zset = call.Read<ZSet>(call.arg(1));
  if (!zset) return zset.error();
  if (!*zset) return wanted.given ? Reply::Array() : Reply::Null();
  if (!wanted.given) return Reply::Bulk((*zset)->RandomItem(call.server.random).member);
  ItemList items(call, wanted.with_extra ? WithScores::kYes : WithScores::kNo);
  if (wanted.repeat) {
    for (size_t i = 0; i < wanted.count; ++i) {
      const ZSet::Item& item = (*zset)->RandomItem(call.server.random);
      items.Add(item.member, item.score);
    }
    return items.Take();
  }
  DistinctSample sample(call.server.random, (*zset)->size(), wanted.count);
  (*zset)->ForEach(0, (*zset)->size(), [&](const ZSet::Item& item) {
    if (sample.Take()) items.Add(item.member, item.score);
  });
  return items.Take();
}

// ZSCAN key cursor [MATCH pattern] [COUNT count]
Reply ZScan(CommandCall& call) {
  const std::optional<uint64_t> cursor = ParseScanCursor(call.arg(2));
  if (!cursor) return Reply::Error("ERR invalid cursor");
  auto zset = call.Read<ZSet>(call.arg(1));
  if (!zset) return zset.error();
  if (!*zset) return ScanReply(0, {});
  ScanOptions options;
  if (const auto error = ParseScanOptions(call.args.subspan(3), AllowType::kNo, options))
    return *error;
  std::vector<Value> items;
  const uint64_t next = (*zset)->Scan(*cursor, options.count, [&](const ZSet::Item& item) {
    if (!options.Matches(item.member)) return;
    items.push_back(Value::Bulk(item.member));
    items.push_back(Value::Bulk(DoubleText(item.score).view()));  // text in RESP3 as well
  });
  return ScanReply(next, std::move(items));
}

constexpr CommandRow kTable[] = {
    {.name = "zadd", .run = ZAdd},
    {.name = "zincrby", .run = ZIncrBy},
    {.name = "zrem", .run = ZRem},
    {.name = "zcard", .run = ZCard},
    {.name = "zscore", .run = ZScore},
    {.name = "zmscore", .run = ZMScore},
    {.name = "zrank", .run = ZRank},
    {.name = "zrevrank", .run = ZRevRank},
    {.name = "zrandmember", .run = ZRandMember},
    {.name = "zscan", .run = ZScan},
};

}  // namespace

std::span<const CommandRow> SortedSetCommands() { return kTable; }

}  // namespace modcert::engine
