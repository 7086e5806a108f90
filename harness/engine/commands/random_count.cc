#include "engine/commands/random_count.h"

#include <cstdint>
#include <limits>

#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/option_word.h"

namespace modcert::engine {

std::optional<Reply> ParseRandomCount(const CommandCall& call, std::string_view extra,
                                      RandomCount& wanted) {
  if (call.argc() < 3) return std::nullopt;
  const std::optional<int64_t> count = ParseInteger(call.arg(2));
  if (!count) return Reply::NotAnInteger();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  if (*count < -kMax)
    return Reply::Error(
        "ERR value is out of range, value must between -9223372036854775807 and "
        "9223372036854775807");
  if (call.argc() > 4 || (call.argc() == 4 && (extra.empty() || !IsOption(call.arg(3), extra))))
    return Reply::SyntaxError();
  wanted.given = true;
  wanted.repeat = *count < 0;
  wanted.with_extra = call.argc() == 4;
  wanted.count = static_cast<size_t>(*count < 0 ? -*count : *count);
  // Twice as many elements must still be countable.
  if (wanted.with_extra && wanted.count > static_cast<size_t>(kMax / 2))
    return Reply::Error("ERR value is out of range");
  return std::nullopt;
}

}  // namespace modcert::engine
