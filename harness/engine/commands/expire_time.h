// When a key expires, as clients write it: in seconds or milliseconds, from now or absolute.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/command_call.h"

namespace modcert::engine {

// How the number of EX, PX, EXAT and PXAT, or of EXPIRE and its kin, is meant.
struct TimeFormat {
  enum class Unit { kSeconds, kMilliseconds };
  enum class Base { kFromNow, kAbsolute };
  Unit unit;
  Base base;
};

inline constexpr TimeFormat kEx = {TimeFormat::Unit::kSeconds, TimeFormat::Base::kFromNow};
inline constexpr TimeFormat kPx = {TimeFormat::Unit::kMilliseconds, TimeFormat::Base::kFromNow};
inline constexpr TimeFormat kExAt = {TimeFormat::Unit::kSeconds, TimeFormat::Base::kAbsolute};
inline constexpr TimeFormat kPxAt = {TimeFormat::Unit::kMilliseconds, TimeFormat::Base::kAbsolute};

// Which numbers are accepted: SET and GETEX refuse what is not positive, EXPIRE takes the past.
enum class AllowPast { kNo, kYes };

// The moment in milliseconds since the epoch that argument `index` stands for, or the error to
// answer with: not an integer, or an invalid expire time (out of range, or not positive).
Found<int64_t> ExpireTimeArg(const CommandCall& call, int index, TimeFormat format,
                             AllowPast allow_past);

}  // namespace modcert::engine
