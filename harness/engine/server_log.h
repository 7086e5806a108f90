// The server's log, kept as lines that specs, findings and reports can read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace modcert::engine {

// Owned by Server.
class ServerLog {
 public:
  enum class Level { kDebug, kVerbose, kNotice, kWarning };
  struct Line {
    int64_t at_ms;
    Level level;
    std::string text;
  };

  explicit ServerLog(const Clock& clock) : clock_(clock) {}
  void Write(Level level, std::string_view text);
  const std::vector<Line>& lines() const { return lines_; }

 private:
  const Clock& clock_;
  std::vector<Line> lines_;
};

}  // namespace modcert::engine
