// What SCAN, HSCAN, SSCAN and ZSCAN have in common: the cursor, the options and the reply.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/reply.h"

namespace modcert::engine {

class CommandCall;

struct ScanOptions {
  size_t count = 10;
  std::optional<std::string> pattern;
  std::optional<std::string> type;  // SCAN only

  // True when there is no pattern or the name fits it.
  bool Matches(std::string_view name) const;
};

enum class AllowType { kNo, kYes };

// "ERR invalid cursor" otherwise.
std::optional<uint64_t> ParseScanCursor(std::string_view text);

// Reads [MATCH pattern] [COUNT count] [TYPE type]; returns the error to answer with, or nothing.
std::optional<Reply> ParseScanOptions(std::span<const std::string> args, AllowType allow_type,
                                      ScanOptions& options);

// The cursor, then the elements.
Reply ScanReply(uint64_t next_cursor, std::vector<resp::Value> elements);

}  // namespace modcert::engine
