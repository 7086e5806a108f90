#include "engine/commands/sorted_set_ranges.h"

#include <algorithm>

#include "base/parse_number.h"

namespace modcert::engine {
namespace {

std::optional<ScoreBound> ParseScore(std::string_view text) {
  const bool exclusive = text.starts_with('(');
  const std::optional<double> score = ParseScoreBound(exclusive ? text.substr(1) : text);
  if (!score) return std::nullopt;
  return ScoreBound{.score = *score, .exclusive = exclusive};
}

std::optional<LexBound> ParseLex(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const char first = text.front();
  if (first == '[' || first == '(')
    return LexBound{.kind = LexBound::Kind::kMember,
                    .member = std::string(text.substr(1)),
                    .exclusive = first == '('};
  // A real server reads the signs as C strings, so that a NUL byte may follow.
  if (text.size() > 1 && text[1] != '\0') return std::nullopt;
  if (first == '-') return LexBound{.kind = LexBound::Kind::kMinusInfinity};
  if (first == '+') return LexBound{.kind = LexBound::Kind::kPlusInfinity};
  return std::nullopt;
}

std::optional<Reply> ParseRanks(std::string_view start, std::string_view stop, Interval& interval) {
  const std::optional<int64_t> first = ParseInteger(start);
  const std::optional<int64_t> last = ParseInteger(stop);
  if (!first || !last) return Reply::NotAnInteger();
  interval = RankInterval{*first, *last};
  return std::nullopt;
}

std::optional<Reply> ParseScores(std::string_view min, std::string_view max, Interval& interval) {
  const std::optional<ScoreBound> low = ParseScore(min);
  const std::optional<ScoreBound> high = ParseScore(max);
  if (!low || !high) return Reply::Error("ERR min or max is not a float");
  interval = ScoreInterval{*low, *high};
  return std::nullopt;
}

std::optional<Reply> ParseMembers(std::string_view min, std::string_view max, Interval& interval) {
  std::optional<LexBound> low = ParseLex(min);
  std::optional<LexBound> high = ParseLex(max);
  if (!low || !high) return Reply::Error("ERR min or max not valid string range item");
  interval = LexInterval{*std::move(low), *std::move(high)};
  return std::nullopt;
}

Ranks RanksIn(const ZSet& zset, const RankInterval& interval, Direction direction) {
  const auto size = static_cast<int64_t>(zset.size());
  const int64_t start =
      interval.start < 0 ? std::max<int64_t>(interval.start + size, 0) : interval.start;
  const int64_t stop = std::min(interval.stop < 0 ? interval.stop + size : interval.stop, size - 1);
  if (start > stop) return {};
  if (direction == Direction::kUp)
    return {static_cast<size_t>(start), static_cast<size_t>(stop + 1)};
  return {static_cast<size_t>(size - 1 - stop), static_cast<size_t>(size - start)};
}

// Scores and members alike: both have a lower and an upper bound.
template <typename Bounds>
Ranks RanksIn(const ZSet& zset, const Bounds& bounds, Direction /*direction*/) {
  const size_t first = zset.FirstRank(bounds.min);
  return {first, std::max(first, zset.EndRank(bounds.max))};
}

}  // namespace

std::optional<Reply> ParseInterval(RangeBy by, std::string_view min, std::string_view max,
                                   Interval& interval) {
  switch (by) {
    case RangeBy::kRank:
      return ParseRanks(min, max, interval);
    case RangeBy::kScore:
      return ParseScores(min, max, interval);
    case RangeBy::kLex:
      break;
  }
  return ParseMembers(min, max, interval);
}

Ranks FindRanks(const ZSet& zset, const Interval& interval, Direction direction) {
  return std::visit([&](const auto& bounds) { return RanksIn(zset, bounds, direction); }, interval);
}

}  // namespace modcert::engine
