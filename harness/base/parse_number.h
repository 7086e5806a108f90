// Numbers in command arguments and stored strings, with the exact rules of a real server.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace modcert {

// A whole int64 in its one canonical spelling: no '+', no leading zeros, no "-0", no white space.
std::optional<int64_t> ParseInteger(std::string_view text);

// Scores and increments: the whole text, decimal or 0x-hexadecimal, "inf" and "infinity" with or
// without a sign in any case. Refused: the empty text, leading white space, NaN, and finite numbers
// that a double can only hold as infinity or zero (1e400, 1e-400; but 1e-310 is read).
std::optional<double> ParseDouble(std::string_view text);

// The same with the range and precision of long double: INCRBYFLOAT, timeouts. Texts of 5120 bytes
// and more are refused.
std::optional<long double> ParseLongDouble(std::string_view text);

// The ends of a score range (ZRANGEBYSCORE, ZCOUNT ...; behind the '(' if there is one), which are
// read with fewer checks: leading white space is skipped, a NUL byte ends the text, the empty text
// is 0, numbers out of range become infinity or zero. NaN is refused.
std::optional<double> ParseScoreBound(std::string_view text);

}  // namespace modcert
