// The id of a stream's entry: a moment in milliseconds, and a number within it. Ids order entries.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace modcert::engine {

struct StreamId {
  uint64_t ms = 0;
  uint64_t seq = 0;

  auto operator<=>(const StreamId&) const = default;

  bool is_zero() const { return ms == 0 && seq == 0; }
  // The id right behind or before this one; false at the end of the range, where it wraps around.
  bool Increment();
  bool Decrement();
  // "1526919030474-55"
  std::string ToString() const;
};

inline constexpr StreamId kStreamIdMin{0, 0};
inline constexpr StreamId kStreamIdMax{UINT64_MAX, UINT64_MAX};

}  // namespace modcert::engine
