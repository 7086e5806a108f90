// LCS: the longest common subsequence of two strings.

#include <optional>
#include <vector>

#include "engine/command_call.h"
#include "engine/commands/tables.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

// Lengths of the longest common subsequences of all pairs of prefixes.
class LengthTable {
 public:
  LengthTable(std::string_view a, std::string_view b)
      : width_(b.size() + 1), lengths_((a.size() + 1) * width_) {
    for (size_t i = 1; i <= a.size(); ++i) {
      for (size_t j = 1; j <= b.size(); ++j)
        cell(i, j) = a[i - 1] == b[j - 1] ? cell(i - 1, j - 1) + 1
                                          : std::max(cell(i - 1, j), cell(i, j - 1));
    }
  }

  uint32_t at(size_t i, size_t j) const { return lengths_[i * width_ + j]; }

 private:
  uint32_t& cell(size_t i, size_t j) { return lengths_[i * width_ + j]; }

  size_t width_;
  std::vector<uint32_t> lengths_;
};

// A run of bytes that both strings share.
struct Match {
  size_t a_start;
  size_t b_start;
  size_t size;
};

// The runs of the subsequence, last one first. Where several are as long, the way back from the
// ends prefers to shorten the second string.
std::vector<Match> FindMatches(std::string_view a, std::string_view b, const LengthTable& table) {
  std::vector<Match> matches;
  bool in_run = false;
  for (size_t i = a.size(), j = b.size(); i > 0 && j > 0;) {
    if (a[i - 1] == b[j - 1]) {
      if (!in_run) matches.push_back({i, j, 0});
      in_run = true;
      Match& match = matches.back();
      match = {--i, --j, match.size + 1};
      continue;
    }
    in_run = false;
    if (table.at(i - 1, j) > table.at(i, j - 1))
      --i;
    else
      --j;
  }
  return matches;
}

struct LcsOptions {
  bool length = false;
  bool index = false;
  bool with_match_length = false;
  int64_t match_length_min = 0;
};

// Fills `options`; the error to answer with, or nothing.
std::optional<Reply> ParseLcsOptions(const CommandCall& call, LcsOptions& options) {
  for (int i = 3; i < call.argc(); ++i) {
    if (call.ArgIs(i, "LEN")) {
      options.length = true;
    } else if (call.ArgIs(i, "IDX")) {
      options.index = true;
    } else if (call.ArgIs(i, "WITHMATCHLEN")) {
      options.with_match_length = true;
    } else if (call.ArgIs(i, "MINMATCHLEN") && i + 1 < call.argc()) {
      const auto minimum = call.IntegerArg(++i);
      if (!minimum) return minimum.error();
      options.match_length_min = *minimum;
    } else {
      return Reply::SyntaxError();
    }
  }
  if (options.length && options.index)
    return Reply::Error("ERR If you want both the length and indexes, please just use IDX.");
  return std::nullopt;
}

resp::Value RangeReply(size_t start, size_t size) {
  return resp::Value::Array({resp::Value::Integer(static_cast<int64_t>(start)),
                             resp::Value::Integer(static_cast<int64_t>(start + size - 1))});
}

Reply IndexReply(const std::vector<Match>& matches, uint32_t length, const LcsOptions& options) {
  using resp::Value;
  std::vector<Value> ranges;
  for (const Match& match : matches) {
    const auto size = static_cast<int64_t>(match.size);
    if (size < options.match_length_min) continue;
    std::vector<Value> range = {RangeReply(match.a_start, match.size),
                                RangeReply(match.b_start, match.size)};
    if (options.with_match_length) range.push_back(Value::Integer(size));
    ranges.push_back(Value::Array(std::move(range)));
  }
  return Value::Map({Value::Bulk("matches"), Value::Array(std::move(ranges)), Value::Bulk("len"),
                     Value::Integer(length)});
}

// LCS key1 key2 [LEN] [IDX] [MINMATCHLEN length] [WITHMATCHLEN]
Reply Lcs(CommandCall& call) {
  auto first = call.Read<String>(call.arg(1));
  auto second = call.Read<String>(call.arg(2));
  if (!first || !second) return Reply::Error("ERR The specified keys must contain string values");
  LcsOptions options;
  if (const auto error = ParseLcsOptions(call, options)) return *error;
  const std::string a = *first ? (*first)->bytes() : "";
  const std::string b = *second ? (*second)->bytes() : "";

  // A real server builds its table of four-byte lengths within the limit of one string.
  constexpr uint64_t kCellSize = 4;
  if (kCellSize * (a.size() + 1) * (b.size() + 1) >
      static_cast<uint64_t>(call.server.config.proto_max_bulk_len))
    return Reply::Error(
        "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");

  const LengthTable table(a, b);
  const uint32_t length = table.at(a.size(), b.size());
  if (options.length) return Reply::Integer(length);
  const std::vector<Match> matches = FindMatches(a, b, table);
  if (options.index) return IndexReply(matches, length, options);
  std::string common;
  for (auto match = matches.rbegin(); match != matches.rend(); ++match)
    common += a.substr(match->a_start, match->size);
  return Reply::Bulk(common);
}

constexpr CommandRow kTable[] = {
    {.name = "lcs", .run = Lcs},
};

}  // namespace

std::span<const CommandRow> LcsCommands() { return kTable; }

}  // namespace modcert::engine
