#include "resp/request.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/parse_number.h"
#include "base/split_args.h"
#include "resp/encode.h"

namespace modcert::resp {
namespace {

// A line without an end may not be longer.
constexpr size_t kLineSizeMax = 64 * 1024;
constexpr int64_t kUnauthenticatedArgCountMax = 10;
constexpr int64_t kUnauthenticatedBulkSizeMax = 16384;

// Where `wanted` is in `text`. A real server searches its buffer as a C string, and so sees nothing
// behind a NUL byte.
size_t FindInCString(std::string_view text, char wanted) {
  const size_t at = text.find(wanted);
  const std::string_view before = text.substr(0, at);
  return before.find('\0') == std::string_view::npos ? at : std::string_view::npos;
}

}  // namespace

std::string EncodeRequest(std::span<const std::string> args) {
  std::string out;
  AppendRequest(args, out);
  return out;
}

void AppendRequest(std::span<const std::string> args, std::string& out) {
  AppendArrayHeader(args.size(), out);
  for (const std::string& arg : args) AppendBulk(arg, out);
}

void RequestDecoder::Feed(std::string_view bytes) { buffer_ += bytes; }

RequestDecoder::Outcome RequestDecoder::Next(std::vector<std::string>& args) {
  if (!error_.empty()) return Outcome::kError;
  Outcome outcome;
  do {
    outcome = ReadRequest();
  } while (outcome == Outcome::kRequest && arg_count_ == 0);
  DropTaken();
  if (outcome != Outcome::kRequest) return outcome;
  args_.resize(arg_count_);
  args.swap(args_);
  arg_count_ = 0;
  return Outcome::kRequest;
}

// Leaves the request in the first arg_count_ strings of args_; none of them for an empty request.
RequestDecoder::Outcome RequestDecoder::ReadRequest() {
  if (args_missing_ > 0) return ReadArgs();
  if (position_ == buffer_.size()) return Outcome::kNeedMore;
  if (buffer_[position_] != '*') return ReadInline();
  const Outcome outcome = ReadArgCount();
  return outcome == Outcome::kRequest && args_missing_ > 0 ? ReadArgs() : outcome;
}

RequestDecoder::Outcome RequestDecoder::ReadInline() {
  const std::string_view rest = std::string_view(buffer_).substr(position_);
  const size_t end = FindInCString(rest, '\n');
  if (end == std::string_view::npos) {
    return rest.size() > kLineSizeMax ? Wrong("too big inline request") : Outcome::kNeedMore;
  }
  auto args = SplitArgs(rest.substr(0, end));
  if (!args) return Wrong("unbalanced quotes in request");
  position_ += end + 1;
  args_ = std::move(*args);
  arg_count_ = args_.size();
  return Outcome::kRequest;
}

RequestDecoder::Outcome RequestDecoder::ReadArgCount() {
  std::string_view line;
  const Outcome outcome = ReadCountLine("too big mbulk count string", line);
  if (outcome != Outcome::kRequest) return outcome;
  const std::optional<int64_t> count = ParseInteger(line);
  if (!count || *count > limits_.arg_count_max) return Wrong("invalid multibulk length");
  if (!limits_.authenticated && *count > kUnauthenticatedArgCountMax) {
    return Wrong("unauthenticated multibulk length");
  }
  position_ += line.size() + 3;
  args_missing_ = std::max<int64_t>(0, *count);  // A negative count is an empty request, too.
  arg_count_ = 0;
  return Outcome::kRequest;
}

RequestDecoder::Outcome RequestDecoder::ReadArgs() {
  while (args_missing_ > 0) {
    if (bulk_size_ < 0) {
      const Outcome outcome = ReadBulkSize();
      if (outcome != Outcome::kRequest) return outcome;
    }
    const auto size = static_cast<size_t>(bulk_size_);
    if (buffer_.size() - position_ < size + 2) return Outcome::kNeedMore;
    if (arg_count_ == args_.size()) args_.emplace_back();
    args_[arg_count_++].assign(buffer_, position_, size);
    position_ += size + 2;  // The two bytes of the line end are not looked at.
    bulk_size_ = -1;
    --args_missing_;
  }
  return Outcome::kRequest;
}

RequestDecoder::Outcome RequestDecoder::ReadBulkSize() {
  std::string_view line;
  const Outcome outcome = ReadCountLine("too big bulk count string", line);
  if (outcome != Outcome::kRequest) return outcome;
  const char type = buffer_[position_];
  if (type != '$') {
    // Replies are lines, so that line ends in an error's text become spaces.
    const char shown = type == '\r' || type == '\n' ? ' ' : type;
    return Wrong(fmt::format("expected '$', got '{}'", shown));
  }
  const std::optional<int64_t> size = ParseInteger(line);
  if (!size || *size < 0 || *size > limits_.bulk_size_max) return Wrong("invalid bulk length");
  if (!limits_.authenticated && *size > kUnauthenticatedBulkSizeMax) {
    return Wrong("unauthenticated bulk length");
  }
  position_ += line.size() + 3;
  bulk_size_ = *size;
  return Outcome::kRequest;
}

// What stands between the type byte and '\r'; the byte behind '\r' must be there, but may be any.
RequestDecoder::Outcome RequestDecoder::ReadCountLine(const char* too_big, std::string_view& line) {
  const std::string_view rest = std::string_view(buffer_).substr(position_);
  const size_t end = FindInCString(rest, '\r');
  if (end == std::string_view::npos) {
    return rest.size() > kLineSizeMax ? Wrong(too_big) : Outcome::kNeedMore;
  }
  if (end + 1 == rest.size()) return Outcome::kNeedMore;
  line = end == 0 ? std::string_view() : rest.substr(1, end - 1);
  return Outcome::kRequest;
}

RequestDecoder::Outcome RequestDecoder::Wrong(std::string_view problem) {
  error_ = fmt::format("ERR Protocol error: {}", problem);
  return Outcome::kError;
}

void RequestDecoder::DropTaken() {
  // Moving the rest to the front pays once half of a buffer of some size is behind us.
  constexpr size_t kWorthwhile = 64 * 1024;
  const bool all = position_ == buffer_.size();
  if (!all && (position_ < kWorthwhile || position_ < buffer_.size() / 2)) return;
  buffer_.erase(0, position_);
  position_ = 0;
}

}  // namespace modcert::resp
