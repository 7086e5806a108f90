// What the commands on ranges of sorted sets have in common: the ways to say which items are meant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "engine/reply.h"
#include "engine/value/zset.h"

namespace modcert::engine {

// "start stop": places, counted from the end when negative, both included.
struct RankInterval {
  int64_t start = 0;
  int64_t stop = -1;
};
struct ScoreInterval {
  ScoreBound min;
  ScoreBound max;
};
struct LexInterval {
  LexBound min;
  LexBound max;
};
using Interval = std::variant<RankInterval, ScoreInterval, LexInterval>;

enum class RangeBy { kRank, kScore, kLex };

// Reads the two ends; returns the error to answer with, or nothing.
std::optional<Reply> ParseInterval(RangeBy by, std::string_view min, std::string_view max,
                                   Interval& interval);

// Ranks [first, end), lowest first; first <= end.
struct Ranks {
  size_t first = 0;
  size_t end = 0;
  size_t count() const { return end - first; }
};

// From which end places are counted and items are listed.
enum class Direction { kUp, kDown };

// The ranks in the interval, without the `offset` first ones as seen in `direction`. Start and stop
// of a RankInterval count from the highest score with kDown.
Ranks FindRanks(const ZSet& zset, const Interval& interval, Direction direction = Direction::kUp,
                size_t offset = 0);

}  // namespace modcert::engine
