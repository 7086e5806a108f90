// Union, intersection and difference of sorted sets; plain sets take part with a score of 1.

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>

#include <fmt/format.h>

#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/option_word.h"
#include "engine/commands/sorted_set_result.h"
#include "engine/commands/tables.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

// One of the keys that are combined. Neither set nor zset: the key does not exist.
struct Source {
  const ZSet* zset = nullptr;
  const Set* set = nullptr;
  double weight = 1;

  size_t size() const { return zset ? zset->size() : set ? set->size() : 0; }
  std::optional<double> Score(std::string_view member) const {
    if (zset) return zset->Score(member);
    return set && set->Contains(member) ? std::optional(1.0) : std::nullopt;
  }
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    if (zset) zset->ForEach(0, zset->size(), [&](const auto& i) { visit(i.member, i.score); });
    if (set) set->ForEach([&](std::string_view member) { visit(member, 1.0); });
  }
};

using Sources = std::vector<Source>;
enum class Aggregate { kSum, kMin, kMax };

// Infinities that cancel each other out, and infinity times zero, count as zero.
double ZeroIfNaN(double score) { return std::isnan(score) ? 0 : score; }

double Merge(Aggregate aggregate, double score, double other) {
  switch (aggregate) {
    case Aggregate::kSum:
      return ZeroIfNaN(score + other);
    case Aggregate::kMin:
      return other < score ? other : score;
    case Aggregate::kMax:
      break;
  }
  return other > score ? other : score;
}

// The smallest first: the order in which a real server adds scores up, which shows in rounding.
void SortBySize(Sources& sources) {
  std::stable_sort(sources.begin(), sources.end(),
                   [](const Source& a, const Source& b) { return a.size() < b.size(); });
}

// `result` is empty, and a skip list, which keeps scores as they are (a listpack has no -0).
using Combine = void (*)(Sources sources, Aggregate aggregate, ZSet& result);

void Unite(Sources sources, Aggregate aggregate, ZSet& result) {
  SortBySize(sources);
  std::unordered_map<std::string, double> scores;
  for (const Source& source : sources) {
    source.ForEach([&](std::string_view member, double score) {
      score = ZeroIfNaN(score * source.weight);
      const auto [total, is_new] = scores.try_emplace(std::string(member), score);
      if (!is_new) total->second = Merge(aggregate, total->second, score);
    });
  }
  for (const auto& [member, score] : scores) result.Set(member, score);
}

void Intersect(Sources sources, Aggregate aggregate, ZSet& result) {
  SortBySize(sources);
  sources.front().ForEach([&](std::string_view member, double score) {
    score = ZeroIfNaN(score * sources.front().weight);
    for (size_t i = 1; i < sources.size(); ++i) {
      const std::optional<double> other = sources[i].Score(member);
      if (!other) return;
      score = Merge(aggregate, score, *other * sources[i].weight);
    }
    result.Set(member, score);
  });
}

void Subtract(Sources sources, Aggregate /*aggregate*/, ZSet& result) {
  sources.front().ForEach([&](std::string_view member, double score) {
    const bool elsewhere =
        std::any_of(sources.begin() + 1, sources.end(),
                    [&](const Source& other) { return other.Score(member).has_value(); });
    if (!elsewhere) result.Set(member, score);
  });
}

// Which options a command of this family knows, beside its keys.
struct CombineForm {
  int numkeys = 1;  // the argument that gives the number of keys
  bool weights = false;
  bool with_scores = false;
  bool limit = false;
};

struct CombineOptions {
  Sources sources;
  Aggregate aggregate = Aggregate::kSum;
  WithScores with_scores = WithScores::kNo;
  int64_t limit = 0;  // 0: none
};

// Reads numkeys and the keys behind it.
std::optional<Reply> ReadSources(CommandCall& call, int numkeys, Sources& sources) {
  const std::optional<int64_t> count = ParseInteger(call.arg(numkeys));
  if (!count) return Reply::NotAnInteger();
  if (*count < 1)
    return Reply::Error(
        fmt::format("ERR at least 1 input key is needed for '{}' command", call.command.name));
  if (*count > call.argc() - numkeys - 1) return Reply::SyntaxError();
  for (int i = numkeys + 1; i <= numkeys + static_cast<int>(*count); ++i) {
    Source source;
    if (const Entry* entry = call.keyspace().FindForRead(call.client.db, call.arg(i))) {
      source.zset = std::get_if<ZSet>(&entry->value);
      source.set = std::get_if<Set>(&entry->value);
      if (!source.zset && !source.set) return Reply::WrongType();
    }
    sources.push_back(source);
  }
  return std::nullopt;
}

std::optional<Reply> ReadWeights(std::span<const std::string> texts, Sources& sources) {
  for (size_t i = 0; i < sources.size(); ++i) {
    const std::optional<double> weight = ParseDouble(texts[i]);
    if (!weight) return Reply::Error("ERR weight value is not a float");
    sources[i].weight = *weight;
  }
  return std::nullopt;
}

std::optional<Aggregate> ParseAggregate(std::string_view word) {
  if (IsOption(word, "SUM")) return Aggregate::kSum;
  if (IsOption(word, "MIN")) return Aggregate::kMin;
  if (IsOption(word, "MAX")) return Aggregate::kMax;
  return std::nullopt;
}

// Reads the option that `rest` begins with; `used` is the number of its arguments.
std::optional<Reply> ReadOption(std::span<const std::string> rest, const CombineForm& form,
                                CombineOptions& options, size_t& used) {
  const size_t source_count = options.sources.size();
  if (form.weights && rest.size() > source_count && IsOption(rest[0], "WEIGHTS")) {
    used = 1 + source_count;
    return ReadWeights(rest.subspan(1), options.sources);
  }
  if (form.weights && rest.size() > 1 && IsOption(rest[0], "AGGREGATE")) {
    const std::optional<Aggregate> aggregate = ParseAggregate(rest[1]);
    if (!aggregate) return Reply::SyntaxError();
    options.aggregate = *aggregate;
    used = 2;
    return std::nullopt;
  }
  if (form.with_scores && IsOption(rest[0], "WITHSCORES")) {
    options.with_scores = WithScores::kYes;
    used = 1;
    return std::nullopt;
  }
  if (form.limit && rest.size() > 1 && IsOption(rest[0], "LIMIT")) {
    const std::optional<int64_t> limit = ParseInteger(rest[1]);
    if (!limit || *limit < 0) return Reply::Error("ERR LIMIT can't be negative");
    options.limit = *limit;
    used = 2;
    return std::nullopt;
  }
  return Reply::SyntaxError();
}

std::optional<Reply> ParseCombine(CommandCall& call, const CombineForm& form,
                                  CombineOptions& options) {
  if (auto error = ReadSources(call, form.numkeys, options.sources)) return error;
  size_t next = static_cast<size_t>(form.numkeys) + 1 + options.sources.size();
  while (next < call.args.size()) {
    size_t used = 0;
    if (auto error = ReadOption(call.args.subspan(next), form, options, used)) return error;
    next += used;
  }
  return std::nullopt;
}

ZSet CombineSources(const CommandCall& call, Combine combine, CombineOptions& options) {
  ZSet result(&call.server.keyspace.limits());
  result.ConvertToSkipList();
  combine(std::move(options.sources), options.aggregate, result);
  return result;
}

// The same items in the encoding that they fit in, for a key.
ZSet Stored(const ZSet& result, const EncodingLimits& limits) {
  size_t longest = 0;
  result.ForEach(0, result.size(),
                 [&](const ZSet::Item& item) { longest = std::max(longest, item.member.size()); });
  ZSet stored(&limits);
  if (std::cmp_greater(result.size(), limits.zset_max_listpack_entries) ||
      std::cmp_greater(longest, limits.zset_max_listpack_value))
    stored.ConvertToSkipList();
  result.ForEach(0, result.size(),
                 [&](const ZSet::Item& item) { stored.Set(item.member, item.score); });
  return stored;
}

enum class Weights { kAllowed, kNone };

Reply CombineAndReply(CommandCall& call, Combine combine, Weights weights) {
  CombineOptions options;
  const CombineForm form = {.weights = weights == Weights::kAllowed, .with_scores = true};
  if (const auto error = ParseCombine(call, form, options)) return *error;
  const ZSet result = CombineSources(call, combine, options);
  ItemList items(call, options.with_scores);
  result.ForEach(0, result.size(),
                 [&](const ZSet::Item& item) { items.Add(item.member, item.score); });
  return items.Take();
}

Reply CombineAndStore(CommandCall& call, Combine combine, Weights weights, std::string_view event) {
  CombineOptions options;
  const CombineForm form = {.numkeys = 2, .weights = weights == Weights::kAllowed};
  if (const auto error = ParseCombine(call, form, options)) return *error;
  const ZSet result = CombineSources(call, combine, options);
  return StoreSortedSet(call, call.arg(1), Stored(result, call.keyspace().limits()), event);
}

// ZUNION numkeys key [key ...] [WEIGHTS weight ...] [AGGREGATE SUM|MIN|MAX] [WITHSCORES]
Reply ZUnion(CommandCall& call) { return CombineAndReply(call, Unite, Weights::kAllowed); }

// ZINTER numkeys key [key ...] [WEIGHTS weight ...] [AGGREGATE SUM|MIN|MAX] [WITHSCORES]
Reply ZInter(CommandCall& call) { return CombineAndReply(call, Intersect, Weights::kAllowed); }

// ZDIFF numkeys key [key ...] [WITHSCORES]
Reply ZDiff(CommandCall& call) { return CombineAndReply(call, Subtract, Weights::kNone); }

// ZUNIONSTORE dst numkeys key [key ...] [WEIGHTS weight ...] [AGGREGATE SUM|MIN|MAX]
Reply ZUnionStore(CommandCall& call) {
  return CombineAndStore(call, Unite, Weights::kAllowed, "zunionstore");
}

// ZINTERSTORE dst numkeys key [key ...] [WEIGHTS weight ...] [AGGREGATE SUM|MIN|MAX]
Reply ZInterStore(CommandCall& call) {
  return CombineAndStore(call, Intersect, Weights::kAllowed, "zinterstore");
}

// ZDIFFSTORE dst numkeys key [key ...]
Reply ZDiffStore(CommandCall& call) {
  return CombineAndStore(call, Subtract, Weights::kNone, "zdiffstore");
}

// ZINTERCARD numkeys key [key ...] [LIMIT limit]
Reply ZInterCard(CommandCall& call) {
  CombineOptions options;
  if (const auto error = ParseCombine(call, {.limit = true}, options)) return *error;
  const auto found = static_cast<int64_t>(CombineSources(call, Intersect, options).size());
  return Reply::Integer(options.limit > 0 ? std::min(found, options.limit) : found);
}

constexpr CommandRow kTable[] = {
    {.name = "zunion", .run = ZUnion},
    {.name = "zinter", .run = ZInter},
    {.name = "zdiff", .run = ZDiff},
    {.name = "zunionstore", .run = ZUnionStore},
    {.name = "zinterstore", .run = ZInterStore},
    {.name = "zdiffstore", .run = ZDiffStore},
    {.name = "zintercard", .run = ZInterCard},
};

}  // namespace

std::span<const CommandRow> SortedSetCombineCommands() { return kTable; }

}  // namespace modcert::engine
