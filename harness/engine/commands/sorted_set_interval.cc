#include "engine/commands/sorted_set_interval.h"

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

Ranks RanksIn(const ZSet& zset, const ScoreInterval& interval, Direction /*direction*/) {
  const size_t first = zset.FirstRank(interval.min);
  return {first, std::max(first, zset.EndRank(interval.max))};
}

Ranks RanksIn(const ZSet& zset, const LexInterval& interval, Direction /*direction*/) {
  const size_t first = zset.FirstRank(interval.min);
  return {first, std::max(first, zset.EndRank(interval.max))};
}

Ranks WithoutFirst(Ranks ranks, Direction direction, size_t offset) {
  const size_t dropped = std::min(offset, ranks.count());
  if (direction == Direction::kUp) return {ranks.first + dropped, ranks.end};
  return {ranks.first, ranks.end - dropped};
}

bool AtLeast(const std::string& member, const LexBound& min) {
  if (min.kind != LexBound::Kind::kMember) return min.kind == LexBound::Kind::kMinusInfinity;
  return min.exclusive ? member > min.member : member >= min.member;
}

bool AtMost(const std::string& member, const LexBound& max) {
  if (max.kind != LexBound::Kind::kMember) return max.kind == LexBound::Kind::kPlusInfinity;
  return max.exclusive ? member < max.member : member <= max.member;
}

// Members are in order only where all scores are equal. Elsewhere the answer is unspecified, but
// for a listpack it is always the same: the server looks for the first member that is inside the
// near bound, skips the offset, and goes on as long as members are inside the far bound.
Ranks WalkListpack(const ZSet& zset, const LexInterval& interval, Direction direction,
                   size_t offset) {
  const size_t size = zset.size();
  const bool up = direction == Direction::kUp;
  const auto rank_of = [&](size_t step) { return up ? step : size - 1 - step; };
  const auto member = [&](size_t step) -> const std::string& {
    return zset.At(rank_of(step)).member;
  };
  const auto past_near = [&](const std::string& m) {
    return up ? AtLeast(m, interval.min) : AtMost(m, interval.max);
  };
  const auto before_far = [&](const std::string& m) {
    return up ? AtMost(m, interval.max) : AtLeast(m, interval.min);
  };
  if (size == 0 || !AtLeast(zset.At(size - 1).member, interval.min) ||
      !AtMost(zset.At(0).member, interval.max))
    return {};
  size_t step = 0;
  while (step < size && !past_near(member(step))) ++step;
  if (step == size || !before_far(member(step)) || offset >= size - step) return {};
  const size_t begin = step + offset;
  for (step = begin; step < size && before_far(member(step));) ++step;
  return up ? Ranks{begin, step} : Ranks{size - step, size - begin};
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

Ranks FindRanks(const ZSet& zset, const Interval& interval, Direction direction, size_t offset) {
  const auto* lex = std::get_if<LexInterval>(&interval);
  if (lex && zset.encoding() == "listpack") return WalkListpack(zset, *lex, direction, offset);
  const Ranks ranks =
      std::visit([&](const auto& bounds) { return RanksIn(zset, bounds, direction); }, interval);
  return WithoutFirst(ranks, direction, offset);
}

}  // namespace modcert::engine
