#include "engine/commands/stream_id_arg.h"

#include <cerrno>
#include <cstdlib>
#include <string>

#include "base/parse_number.h"

namespace modcert::engine {
namespace {

// A real server reads an id into a buffer of this many bytes, and as a C string.
constexpr size_t kTextMax = 127;

std::string_view UpToNul(std::string_view text) { return text.substr(0, text.find('\0')); }

// A number as strtoull has it (white space and a sign in front, and all) that is no negative int64
// in its canonical spelling.
std::optional<uint64_t> ParseHalf(std::string_view text) {
  if (const std::optional<int64_t> number = ParseInteger(text)) {
    if (*number < 0) return std::nullopt;
    return static_cast<uint64_t>(*number);
  }
  if (text.empty()) return std::nullopt;
  const std::string copy(text);
  char* end = nullptr;
  errno = 0;
  const uint64_t number = std::strtoull(copy.c_str(), &end, 10);
  if (errno != 0 || *end != '\0') return std::nullopt;
  return number;
}

enum class Ends { kRefuse, kAccept };

std::optional<StreamId> Parse(std::string_view text, uint64_t missing_seq, Ends ends,
                              bool* picks_seq) {
  if (text.size() > kTextMax) return std::nullopt;
  text = UpToNul(text);
  if (text == "-" || text == "+") {
    if (ends == Ends::kRefuse) return std::nullopt;
    return text == "-" ? kStreamIdMin : kStreamIdMax;
  }
  const size_t dash = text.find('-');
  const std::optional<uint64_t> ms = ParseHalf(text.substr(0, dash));
  if (!ms) return std::nullopt;
  if (dash == std::string_view::npos) return StreamId{*ms, missing_seq};
  const std::string_view rest = text.substr(dash + 1);
  if (picks_seq && rest == "*") {
    *picks_seq = true;
    return StreamId{*ms, 0};
  }
  const std::optional<uint64_t> seq = ParseHalf(rest);
  if (!seq) return std::nullopt;
  return StreamId{*ms, *seq};
}

// A bound without its parenthesis; `is_exclusive` says whether it had one.
std::optional<StreamId> ParseBound(std::string_view text, uint64_t missing_seq,
                                   bool& is_exclusive) {
  is_exclusive = text.size() > 1 && text[0] == '(';
  return is_exclusive ? ParseStreamId(text.substr(1), missing_seq)
                      : ParseStreamIdOrEnd(text, missing_seq);
}

}  // namespace

Reply InvalidStreamId() {
  return Reply::Error("ERR Invalid stream ID specified as stream command argument");
}

std::optional<StreamId> ParseStreamId(std::string_view text, uint64_t missing_seq) {
  return Parse(text, missing_seq, Ends::kRefuse, nullptr);
}

std::optional<StreamId> ParseStreamIdOrEnd(std::string_view text, uint64_t missing_seq) {
  return Parse(text, missing_seq, Ends::kAccept, nullptr);
}

std::optional<AddedStreamId> ParseAddedStreamId(std::string_view text) {
  AddedStreamId added;
  const std::optional<StreamId> id = Parse(text, 0, Ends::kRefuse, &added.picks_seq);
  if (!id) return std::nullopt;
  added.id = *id;
  return added;
}

std::optional<Reply> ParseStreamStart(std::string_view text, StreamId& id) {
  bool is_exclusive = false;
  const std::optional<StreamId> bound = ParseBound(text, 0, is_exclusive);
  if (!bound) return InvalidStreamId();
  id = *bound;
  if (is_exclusive && !id.Increment()) return Reply::Error("ERR invalid start ID for the interval");
  return std::nullopt;
}

std::optional<Reply> ParseStreamEnd(std::string_view text, StreamId& id) {
  bool is_exclusive = false;
  const std::optional<StreamId> bound = ParseBound(text, UINT64_MAX, is_exclusive);
  if (!bound) return InvalidStreamId();
  id = *bound;
  if (is_exclusive && !id.Decrement()) return Reply::Error("ERR invalid end ID for the interval");
  return std::nullopt;
}

}  // namespace modcert::engine
