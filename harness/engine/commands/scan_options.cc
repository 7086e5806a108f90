#include "engine/commands/scan_options.h"

#include <cerrno>
#include <cstdlib>

#include "base/glob_match.h"
#include "base/parse_number.h"
#include "engine/commands/option_word.h"

namespace modcert::engine {

bool ScanOptions::Matches(std::string_view name) const {
  return !pattern || GlobMatch(*pattern, name);
}

std::optional<uint64_t> ParseScanCursor(std::string_view text) {
  // A cursor is read as C's strtoul reads one, but for white space in front.
  if (text.empty()) return 0;
  if (std::isspace(static_cast<unsigned char>(text.front()))) return std::nullopt;
  const std::string copy(text);
  char* end = nullptr;
  errno = 0;
  const uint64_t cursor = std::strtoull(copy.c_str(), &end, 10);
  if (errno == ERANGE || end != copy.c_str() + copy.size()) return std::nullopt;
  return cursor;
}

std::optional<Reply> ParseScanOptions(std::span<const std::string> args, AllowType allow_type,
                                      ScanOptions& options) {
  for (size_t i = 0; i < args.size(); i += 2) {
    const bool has_value = i + 1 < args.size();
    if (has_value && IsOption(args[i], "COUNT")) {
      const std::optional<int64_t> count = ParseInteger(args[i + 1]);
      if (!count) return Reply::NotAnInteger();
      if (*count < 1) return Reply::SyntaxError();
      options.count = static_cast<size_t>(*count);
    } else if (has_value && IsOption(args[i], "MATCH")) {
      options.pattern = args[i + 1];
    } else if (has_value && IsOption(args[i], "TYPE") && allow_type == AllowType::kYes) {
      options.type = args[i + 1];
    } else {
      return Reply::SyntaxError();
    }
  }
  return std::nullopt;
}

Reply ScanReply(uint64_t next_cursor, std::vector<resp::Value> elements) {
  return Reply::Array(
      {resp::Value::Bulk(std::to_string(next_cursor)), resp::Value::Array(std::move(elements))});
}

}  // namespace modcert::engine
