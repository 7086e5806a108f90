// Values are built in place, from the outside in. `slot_` is where the next one goes; the
// aggregates around it wait in `open_`. Pointers stay good because an aggregate grows only when its
// newest element is finished. An element is taken from the window only when all of its own bytes
// are there, so a call that must stop for more bytes has nothing to undo.
#include "resp/reply_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "base/escape.h"
#include "base/parse_number.h"

namespace modcert::resp {
namespace {

constexpr size_t kLineEndSize = 2;

bool NeedsResp3(char type) {
  return std::string_view("_,#!=(%~>|").find(type) != std::string::npos;
}

bool IsBigNumber(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// OPTIMIZATION: most lines have a few bytes, for which a plain loop beats the library's search.
size_t FindLineEnd(std::string_view window, size_t from) {
  constexpr size_t kShort = 16;
  const size_t short_end = std::min(window.size(), from + kShort);
  for (size_t i = from; i < short_end; ++i) {
    if (window[i] == '\r') return i;
  }
  return window.find('\r', short_end);
}

std::string CharName(char c) { return fmt::format("'{}'", std::string_view(&c, 1)); }

}  // namespace

ReplyParser::Outcome ReplyParser::Parse(std::string_view window) {
  window_ = window;
  do {
    const Outcome outcome = ParseElement();
    if (outcome != Outcome::kValue) return outcome;
  } while (NextSlot());
  return Outcome::kValue;
}

void ReplyParser::Restart(Value& root) {
  slot_ = &root;
  element_count_ = 0;
}

void ReplyParser::DropPrefix(size_t size) {
  position_ -= size;
  line_scanned_ -= std::min(line_scanned_, size);
}

bool ReplyParser::NextSlot() {
  while (!open_.empty()) {
    Open& top = open_.back();
    if (top.missing > 0) {
      --top.missing;
      slot_ = &(top.attributes ? top.value->attributes : top.value->children).emplace_back();
      return true;
    }
    // Behind the last attribute comes the value that they describe.
    if (top.attributes) slot_ = top.value;
    const bool value_follows = top.attributes;
    open_.pop_back();
    if (value_follows) return true;
  }
  return false;
}

ReplyParser::Outcome ReplyParser::ParseElement() {
  if (position_ == window_.size()) return Outcome::kNeedMore;
  const char type = window_[position_];
  if (limits_.protocol == Protocol::kResp2 && NeedsResp3(type)) {
    return Wrong(position_, fmt::format("{} starts a type that only RESP3 has", CharName(type)));
  }
  std::string_view line;
  switch (type) {
    case '+':
    case '-':
    case ':':
    case '_':
    case ',':
    case '#':
    case '(': {
      const Outcome outcome = ReadLine(line);
      return outcome == Outcome::kValue ? ParseLeaf(type, line) : outcome;
    }
    case '$':
    case '!':
    case '=': {
      const Outcome outcome = ReadLine(line);
      return outcome == Outcome::kValue ? ParseBlob(type, line) : outcome;
    }
    case '*':
    case '%':
    case '~':
    case '>':
    case '|': {
      const Outcome outcome = ReadLine(line);
      return outcome == Outcome::kValue ? ParseAggregate(type, line) : outcome;
    }
    default:
      return Expected(position_, "the type byte of a reply");
  }
}

ReplyParser::Outcome ReplyParser::ParseLeaf(char type, std::string_view line) {
  const size_t start = position_ + 1;
  Value& value = *slot_;
  switch (type) {
    case '+':
    case '-': {
      const size_t line_feed = line.find('\n');
      if (line_feed != std::string_view::npos) {
        return Expected(start + line_feed, "no line feed inside a simple string or error");
      }
      value.type = type == '+' ? Type::kSimple : Type::kError;
      value.text = line;
      break;
    }
    case ':': {
      const auto integer = ParseInteger(line);
      if (!integer) return Expected(start, "a 64-bit integer");
      value.type = Type::kInteger;
      value.integer = *integer;
      break;
    }
    case ',':
      return ParseDouble(line);
    case '#':
      if (line != "t" && line != "f") return Expected(start, "'t' or 'f'");
      value.type = Type::kBool;
      value.integer = line == "t" ? 1 : 0;
      break;
    case '(':
      if (!IsBigNumber(line)) return Expected(start, "the digits of a big number");
      value.type = Type::kBigNumber;
      value.text = line;
      break;
    default:
      if (!line.empty()) return Expected(start, "the end of the line of a null");
      value.type = Type::kNull;
  }
  return Done(start + line.size() + kLineEndSize);
}

ReplyParser::Outcome ReplyParser::ParseDouble(std::string_view line) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  const size_t start = position_ + 1;
  std::optional<double> number;
  if (line == "nan" || line == "-nan") {
    number = std::copysign(kNan, line[0] == '-' ? -1.0 : 1.0);
  } else if (line == "inf" || line == "-inf" ||
             line.find_first_not_of("0123456789+-.eE") == std::string_view::npos) {
    number = modcert::ParseDouble(line);
  }
  if (!number) return Expected(start, "a decimal number, inf or nan");
  slot_->type = Type::kDouble;
  slot_->number = *number;
  slot_->text = line;
  return Done(start + line.size() + kLineEndSize);
}

ReplyParser::Outcome ReplyParser::ParseBlob(char type, std::string_view line) {
  const size_t payload_start = position_ + 1 + line.size() + kLineEndSize;
  if (type == '$' && line == "-1") {
    slot_->type = Type::kNull;
    return Done(payload_start);
  }
  size_t size = 0;
  const Outcome outcome = ReadLength(line, "the length of a string", limits_.bulk_size_max, size);
  if (outcome != Outcome::kValue) return outcome;
  const size_t end = payload_start + size;
  // A wrong line end is reported as soon as it can be seen.
  if (window_.size() > end && window_[end] != '\r') return Expected(end, "\\r behind a string");
  if (window_.size() < end + kLineEndSize) return Outcome::kNeedMore;
  if (window_[end + 1] != '\n') return Expected(end + 1, "\\n behind a string");
  const std::string_view payload = window_.substr(payload_start, size);
  if (type == '=') {
    if (size < 4 || payload[3] != ':') {
      return Wrong(payload_start, "expected three letters and a ':' in a verbatim string");
    }
    slot_->type = Type::kVerbatim;
    slot_->format = payload.substr(0, 3);
    slot_->text = payload.substr(4);
  } else {
    slot_->type = type == '$' ? Type::kBulk : Type::kError;
    slot_->text = payload;
  }
  return Done(end + kLineEndSize);
}

ReplyParser::Outcome ReplyParser::ParseAggregate(char type, std::string_view line) {
  const size_t end = position_ + 1 + line.size() + kLineEndSize;
  if (type == '*' && line == "-1") {
    slot_->type = Type::kNullArray;
    return Done(end);
  }
  const bool pairs = type == '%' || type == '|';
  const size_t room = limits_.element_count_max - element_count_;
  size_t count = 0;
  const Outcome outcome =
      ReadLength(line, "the number of elements", pairs ? room / 2 : room, count);
  if (outcome != Outcome::kValue) return outcome;
  if (open_.size() == limits_.depth_max) {
    return Wrong(position_, fmt::format("more than {} levels of aggregates", limits_.depth_max));
  }
  if (pairs) count *= 2;
  element_count_ += count;
  if (type != '|') {
    slot_->type = type == '*'   ? Type::kArray
                  : type == '%' ? Type::kMap
                  : type == '~' ? Type::kSet
                                : Type::kPush;
  }
  // The smallest element takes three bytes: a count that lies does not get memory for it.
  auto& elements = type == '|' ? slot_->attributes : slot_->children;
  elements.reserve(elements.size() + std::min(count, (window_.size() - end) / 3 + 1));
  open_.push_back({.value = slot_, .missing = count, .attributes = type == '|'});
  return Done(end);
}

ReplyParser::Outcome ReplyParser::ReadLine(std::string_view& line) {
  const size_t start = position_ + 1;
  const size_t from = std::max(start, line_scanned_);
  const size_t end = FindLineEnd(window_, from);
  const size_t size = std::min(end, window_.size()) - start;
  if (size > limits_.line_size_max) {
    return Wrong(position_, fmt::format("a line of more than {} bytes", limits_.line_size_max));
  }
  if (end == std::string_view::npos || end + 1 == window_.size()) {
    line_scanned_ = std::min(end, window_.size());
    return Outcome::kNeedMore;
  }
  if (window_[end + 1] != '\n') return Expected(end + 1, "\\n behind \\r");
  line = window_.substr(start, size);
  return Outcome::kValue;
}

ReplyParser::Outcome ReplyParser::ReadLength(std::string_view line, const char* what, size_t max,
                                             size_t& length) {
  const size_t start = position_ + 1;
  if (line == "?") return Wrong(start, "streamed types ($?, *? ...) are not supported");
  const auto number = ParseInteger(line);
  if (!number || *number < 0) return Expected(start, what);
  length = static_cast<size_t>(*number);
  if (length <= max) return Outcome::kValue;
  return Wrong(start, fmt::format("{} is {}, above the limit of {}", what, length, max));
}

ReplyParser::Outcome ReplyParser::Done(size_t end) {
  position_ = end;
  return Outcome::kValue;
}

ReplyParser::Outcome ReplyParser::Expected(size_t at, std::string what) {
  // As much as shows what kind of thing is there.
  constexpr size_t kShown = 24;
  const std::string_view rest = window_.substr(at);
  const std::string got = rest.empty() ? "the end" : Quote(rest.substr(0, kShown));
  return Wrong(at, fmt::format("expected {}, got {}", what, got));
}

ReplyParser::Outcome ReplyParser::Wrong(size_t at, std::string problem) {
  position_ = at;
  problem_ = std::move(problem);
  return Outcome::kError;
}

}  // namespace modcert::resp
