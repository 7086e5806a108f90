#include "engine/commands/expire_time.h"

#include <fmt/format.h>

#include <limits>

namespace modcert::engine {

Found<int64_t> ExpireTimeArg(const CommandCall& call, int index, TimeFormat format,
                             AllowPast allow_past) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  const auto number = call.IntegerArg(index);
  if (!number) return number.error();
  const Reply invalid =
      Reply::Error(fmt::format("ERR invalid expire time in '{}' command", call.command.name));

  int64_t time = *number;
  if (allow_past == AllowPast::kNo && time <= 0) return invalid;
  if (format.unit == TimeFormat::Unit::kSeconds) {
    if (time > kMax / 1000 || time < -(kMax / 1000)) return invalid;
    time *= 1000;
  }
  if (format.base == TimeFormat::Base::kFromNow) {
    if (time > kMax - call.now_ms()) return invalid;
    time += call.now_ms();
  }
  return time;
}

}  // namespace modcert::engine
