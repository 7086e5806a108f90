// Comparing a reply with an expectation. A row per kind is a case of two switches: one that decides
// (Match) and one that explains (Explain); both walk the same way.
#include "spec/matcher.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include "base/escape.h"

namespace modcert::spec {
namespace {

using resp::Type;
using resp::Value;
using Kind = Matcher::Kind;

bool IsString(const Value& value) {
  return value.type == Type::kBulk || value.type == Type::kSimple ||
         value.type == Type::kVerbatim || value.type == Type::kBigNumber;
}

bool IsNull(const Value& value) {
  return value.type == Type::kNull || value.type == Type::kNullArray;
}

// The text that $capture stores and $ref compares: what a client would send back.
std::string_view TextOf(const Value& value, std::span<char, 32> buffer) {
  if (value.type != Type::kInteger && value.type != Type::kBool) return value.text;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value.integer).ptr;
  return {buffer.data(), static_cast<size_t>(end - buffer.data())};
}

std::optional<double> NumberOf(const Value& value) {
  if (value.type == Type::kInteger) return static_cast<double>(value.integer);
  if (value.type == Type::kDouble) return value.number;
  if (!IsString(value)) return std::nullopt;
  double number = 0;
  const char* end = value.text.data() + value.text.size();
  const auto parsed = std::from_chars(value.text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

int64_t LengthOf(const Value& value) {
  if (value.type == Type::kMap) return static_cast<int64_t>(value.children.size() / 2);
  if (value.is_aggregate()) return static_cast<int64_t>(value.children.size());
  return IsString(value) ? static_cast<int64_t>(value.text.size()) : -1;
}

bool MatchInOrder(const Matcher& matcher, const Value& value, Captures& captures) {
  if (value.children.size() != matcher.children.size()) return false;
  for (size_t i = 0; i < value.children.size(); ++i) {
    if (!Match(matcher.children[i], value.children[i], captures)) return false;
  }
  return true;
}

// Pairs every expected item with an element of its own: augmenting paths, so that a loose matcher
// never takes the element that a strict one needs. `width` is 1 for items and 2 for pairs.
class Assignment {
 public:
  Assignment(const Matcher& matcher, const Value& value, size_t width, Captures& captures)
      : matcher_(matcher), value_(value), width_(width), captures_(captures) {}

  // The index of the first expected item that finds no element, or -1.
  int FirstWithout() {
    const size_t count = matcher_.children.size() / width_;
    owner_.assign(value_.children.size() / width_, -1);
    for (size_t item = 0; item < count; ++item) {
      // Most replies come in the order in which they are expected.
      if (item < owner_.size() && owner_[item] < 0 && Fits(item, item)) {
        owner_[item] = static_cast<int>(item);
        continue;
      }
      tried_.assign(owner_.size(), false);
      if (!Place(item)) return static_cast<int>(item);
    }
    return -1;
  }

 private:
  bool Fits(size_t item, size_t element) {
    for (size_t i = 0; i < width_; ++i) {
      if (!Match(matcher_.children[item * width_ + i], value_.children[element * width_ + i],
                 captures_)) {
        return false;
      }
    }
    return true;
  }

  bool Place(size_t item) {
    for (size_t element = 0; element < owner_.size(); ++element) {
      if (tried_[element] || !Fits(item, element)) continue;
      tried_[element] = true;
      if (owner_[element] >= 0 && !Place(static_cast<size_t>(owner_[element]))) continue;
      owner_[element] = static_cast<int>(item);
      return true;
    }
    return false;
  }

  const Matcher& matcher_;
  const Value& value_;
  size_t width_;
  Captures& captures_;
  std::vector<int> owner_;
  std::vector<bool> tried_;
};

bool IsCollection(const Matcher& matcher, const Value& value) {
  switch (matcher.kind) {
    case Kind::kArray:
      return value.type == Type::kArray || value.type == Type::kPush;
    case Kind::kMap:
      return value.type == Type::kMap ||
             (value.type == Type::kArray && value.children.size() % 2 == 0);
    default:
      return value.type == Type::kArray || value.type == Type::kSet || value.type == Type::kPush;
  }
}

bool MatchAnyOrder(const Matcher& matcher, const Value& value, Captures& captures) {
  if (!IsCollection(matcher, value)) return false;
  if (matcher.children.size() != value.children.size()) return false;
  const size_t width = matcher.kind == Kind::kMap ? 2 : 1;
  return Assignment(matcher, value, width, captures).FirstWithout() < 0;
}

bool MatchCapture(const Matcher& matcher, const Value& value, Captures& captures) {
  if (!matcher.children.empty() && !Match(matcher.children[0], value, captures)) return false;
  if (value.is_aggregate() || IsNull(value)) return false;
  char buffer[32];
  captures[static_cast<size_t>(matcher.slot)] = TextOf(value, buffer);
  return true;
}

bool MatchRef(const Matcher& matcher, const Value& value, const Captures& captures) {
  char buffer[32];
  return !value.is_aggregate() &&
         TextOf(value, buffer) == captures[static_cast<size_t>(matcher.slot)];
}

RE2::Options RegexOptions() {
  RE2::Options options(RE2::Latin1);  // replies are bytes
  options.set_log_errors(false);
  options.set_dot_nl(true);
  return options;
}

// The matcher with what the names in its text stand for.
Matcher Filled(const Matcher& matcher, const Captures& captures) {
  const bool is_regex = matcher.kind == Kind::kRegex;
  Matcher filled = matcher;
  filled.inserts.clear();
  for (auto it = matcher.inserts.rbegin(); it != matcher.inserts.rend(); ++it) {
    const std::string& text = captures[static_cast<size_t>(it->slot)];
    filled.text.insert(it->offset, is_regex ? RE2::QuoteMeta(text) : text);
  }
  if (is_regex) filled.regex = std::make_shared<const RE2>(filled.text, RegexOptions());
  return filled;
}

bool MatchRegex(const Matcher& matcher, const Value& value) {
  return (IsString(value) || value.is_error()) && RE2::PartialMatch(value.text, *matcher.regex);
}

// "<RedisModuleKey>"
bool MatchHandle(const Matcher& matcher, const Value& value) {
  const std::string_view text = value.text;
  if (value.type != Type::kSimple || !text.starts_with('<') || !text.ends_with('>')) return false;
  return matcher.text.empty() || text.substr(1, text.size() - 2) == matcher.text;
}

void AppendBulk(std::string_view text, std::string& out) {
  fmt::format_to(std::back_inserter(out), "${}\r\n{}\r\n", text.size(), text);
}

// Appends the RESP2 encoding of a literal; false when there is more than one.
bool AppendEncoding(const Matcher& matcher, std::string& out) {
  if (!matcher.inserts.empty()) return false;
  switch (matcher.kind) {
    case Kind::kText:
    case Kind::kBulk:
      AppendBulk(matcher.text, out);
      return true;
    case Kind::kSimple:
      out += "+" + matcher.text + "\r\n";
      return true;
    case Kind::kInteger:
      out += fmt::format(":{}\r\n", matcher.integer);
      return true;
    case Kind::kNull:
      out += "$-1\r\n";
      return true;
    case Kind::kArray:
      out += fmt::format("*{}\r\n", matcher.children.size());
      return std::all_of(matcher.children.begin(), matcher.children.end(),
                         [&](const Matcher& child) { return AppendEncoding(child, out); });
    default:
      return false;
  }
}

// ---- explaining ----

constexpr size_t kTextLimit = 120;  // enough to recognise a reply, short enough for one line
constexpr size_t kListLimit = 12;
constexpr size_t kDescriptionLimit = 500;  // of lists of lists

// In double quotes, printable, cut when long.
std::string ShortQuote(std::string_view bytes) {
  std::string out = Quote(bytes.substr(0, kTextLimit));
  if (bytes.size() > kTextLimit) out += fmt::format("... ({} bytes)", bytes.size());
  return out;
}

std::string JoinDescriptions(const std::vector<Value>& values, size_t limit) {
  std::string out;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ", ";
    if (i == limit) return out + fmt::format("... {} more", values.size() - i);
    out += Describe(values[i]);
  }
  return out;
}

std::string DescribePairs(const std::vector<Value>& values) {
  std::string out;
  for (size_t i = 0; i + 1 < values.size(); i += 2) {
    if (i > 0) out += ", ";
    if (i >= 2 * kListLimit) return out + fmt::format("... {} more", (values.size() - i) / 2);
    out += Describe(values[i]) + ": " + Describe(values[i + 1]);
  }
  return out;
}

std::string DescribeList(const Matcher& matcher) {
  std::string out = "[";
  for (size_t i = 0; i < matcher.children.size(); ++i) {
    if (i > 0) out += ", ";
    if (i == kListLimit) return out + fmt::format("... {} more]", matcher.children.size() - i);
    out += Describe(matcher.children[i]);
  }
  return out + "]";
}

std::string Cut(std::string description) {
  if (description.size() <= kDescriptionLimit) return description;
  return description.substr(0, kDescriptionLimit) + "...";
}

// Long texts are cut, so say where they part.
std::string DifferentByte(std::string_view expected, std::string_view got) {
  const auto parted = std::mismatch(expected.begin(), expected.end(), got.begin(), got.end());
  const auto index = static_cast<size_t>(parted.first - expected.begin());
  const size_t begin = index < 20 ? 0 : index - 20;
  return fmt::format("expected {} bytes, got {}; they part at byte {}: expected {}, got {}",
                     expected.size(), got.size(), index, Quote(expected.substr(begin, 60)),
                     Quote(got.substr(begin, 60)));
}

std::string Difference(const Matcher& matcher, const Value& value, std::string_view path) {
  const std::string place = path.empty() ? "" : fmt::format("at {}: ", path);
  const bool literal = matcher.kind == Kind::kText || matcher.kind == Kind::kBulk;
  if (literal && IsString(value) && value.text != matcher.text &&
      std::max(value.text.size(), matcher.text.size()) > kTextLimit) {
    return place + DifferentByte(matcher.text, value.text);
  }
  return fmt::format("{}expected {}, got {}", place, Describe(matcher), Cut(Describe(value)));
}

std::string ExplainAt(const Matcher& matcher, const Value& value, Captures& captures,
                      const std::string& path);

std::string ExplainInOrder(const Matcher& matcher, const Value& value, Captures& captures,
                           const std::string& path) {
  const size_t common = std::min(matcher.children.size(), value.children.size());
  for (size_t i = 0; i < common; ++i) {
    if (!Match(matcher.children[i], value.children[i], captures)) {
      return ExplainAt(matcher.children[i], value.children[i], captures,
                       fmt::format("{}[{}]", path, i));
    }
  }
  return fmt::format("{}expected {} elements, got {}: {}",
                     path.empty() ? "" : fmt::format("at {}: ", path), matcher.children.size(),
                     value.children.size(), Cut(Describe(value)));
}

// A key that is there with another value is explained inside that value.
std::string ExplainPair(const Matcher& matcher, const Value& value, size_t pair, Captures& captures,
                        const std::string& path) {
  const Matcher& key = matcher.children[pair * 2];
  for (size_t i = 0; i + 1 < value.children.size(); i += 2) {
    if (!Match(key, value.children[i], captures)) continue;
    const std::string step = key.kind == Kind::kText ? "." + key.text : "." + Describe(key);
    return ExplainAt(matcher.children[pair * 2 + 1], value.children[i + 1], captures, path + step);
  }
  return fmt::format("{}no pair with key {} in {}",
                     path.empty() ? "" : fmt::format("at {}: ", path), Describe(key),
                     Cut(Describe(value)));
}

std::string ExplainAnyOrder(const Matcher& matcher, const Value& value, Captures& captures,
                            const std::string& path) {
  const std::string place = path.empty() ? "" : fmt::format("at {}: ", path);
  const size_t width = matcher.kind == Kind::kMap ? 2 : 1;
  const int missing = Assignment(matcher, value, width, captures).FirstWithout();
  if (missing >= 0 && width == 2) {
    return ExplainPair(matcher, value, static_cast<size_t>(missing), captures, path);
  }
  if (missing >= 0) {
    return fmt::format("{}no element left that matches {} in {}", place,
                       Describe(matcher.children[static_cast<size_t>(missing)]),
                       Cut(Describe(value)));
  }
  return fmt::format("{}expected {} {}, got {}: {}", place, matcher.children.size() / width,
                     width == 2 ? "pairs" : "elements", value.children.size() / width,
                     Cut(Describe(value)));
}

std::string ExplainAt(const Matcher& matcher, const Value& value, Captures& captures,
                      const std::string& path) {
  if (!matcher.inserts.empty()) return ExplainAt(Filled(matcher, captures), value, captures, path);
  switch (matcher.kind) {
    case Kind::kArray:
      if (!IsCollection(matcher, value)) break;
      return ExplainInOrder(matcher, value, captures, path);
    case Kind::kUnordered:
    case Kind::kSet:
    case Kind::kMap:
      if (!IsCollection(matcher, value)) break;
      return ExplainAnyOrder(matcher, value, captures, path);
    case Kind::kCapture:
      if (matcher.children.empty() || Match(matcher.children[0], value, captures)) break;
      return ExplainAt(matcher.children[0], value, captures, path);
    case Kind::kRef:
      return fmt::format("{}expected what was captured before, {}, got {}",
                         path.empty() ? "" : fmt::format("at {}: ", path),
                         ShortQuote(captures[static_cast<size_t>(matcher.slot)]), Describe(value));
    default:
      break;
  }
  return Difference(matcher, value, path);
}

}  // namespace

bool IsLiteral(const Matcher& matcher) {
  if (!matcher.inserts.empty()) return false;
  switch (matcher.kind) {
    case Kind::kArray:
      return std::all_of(matcher.children.begin(), matcher.children.end(), IsLiteral);
    case Kind::kText:
    case Kind::kInteger:
    case Kind::kDouble:
    case Kind::kNull:
    case Kind::kBool:
    case Kind::kSimple:
    case Kind::kBulk:
    case Kind::kError:
    case Kind::kRaw:
    case Kind::kBlocked:
    case Kind::kClosed:
    case Kind::kNothing:
      return true;
    default:
      return false;
  }
}

void FillEncodings(Matcher& matcher) {
  matcher.encodings.clear();
  if (matcher.kind == Kind::kRaw) {
    matcher.encodings.push_back(matcher.text);
    return;
  }
  std::string encoding;
  if (!AppendEncoding(matcher, encoding)) return;
  matcher.encodings.push_back(std::move(encoding));
  const bool fits_simple = matcher.text.find_first_of("\r\n") == std::string::npos;
  if (matcher.kind == Kind::kText && fits_simple) {
    matcher.encodings.push_back("+" + matcher.text + "\r\n");
  }
}

bool MatchesEncoding(const Matcher& matcher, std::string_view raw) {
  for (const std::string& encoding : matcher.encodings) {
    if (encoding == raw) return true;
  }
  return false;
}

bool Match(const Matcher& matcher, const Value& value, Captures& captures) {
  if (!matcher.inserts.empty()) return Match(Filled(matcher, captures), value, captures);
  switch (matcher.kind) {
    case Kind::kText:
      return IsString(value) && value.text == matcher.text;
    case Kind::kInteger:
      return value.type == Type::kInteger && value.integer == matcher.integer;
    case Kind::kDouble:
      return value.type == Type::kDouble && value.number == matcher.number;
    case Kind::kNull:
      return IsNull(value);
    case Kind::kBool:
      return value.type == Type::kBool && value.integer == matcher.integer;
    case Kind::kArray:
      return IsCollection(matcher, value) && MatchInOrder(matcher, value, captures);
    case Kind::kError:
      return value.is_error() && value.text.starts_with(matcher.text);
    case Kind::kSimple:
      return value.type == Type::kSimple && value.text == matcher.text;
    case Kind::kBulk:
      return value.type == Type::kBulk && value.text == matcher.text;
    case Kind::kRegex:
      return MatchRegex(matcher, value);
    case Kind::kAny:
      return matcher.type_mask == 0 ||
             (matcher.type_mask & (1u << static_cast<int>(value.type))) != 0;
    case Kind::kUnordered:
    case Kind::kSet:
    case Kind::kMap:
      return MatchAnyOrder(matcher, value, captures);
    case Kind::kLen:
      return LengthOf(value) >= matcher.integer && LengthOf(value) <= matcher.integer_max;
    case Kind::kApprox: {
      const auto number = NumberOf(value);
      return number && std::abs(*number - matcher.number) <= matcher.within;
    }
    case Kind::kHandle:
      return MatchHandle(matcher, value);
    case Kind::kCapture:
      return MatchCapture(matcher, value, captures);
    case Kind::kRef:
      return MatchRef(matcher, value, captures);
    case Kind::kBlocked:
    case Kind::kClosed:
    case Kind::kNothing:
    case Kind::kRaw:
      return false;  // decided before anything is decoded
  }
  return false;
}

std::string Explain(const Matcher& matcher, const Value& value, Captures& captures) {
  return ExplainAt(matcher, value, captures, "");
}

std::string Describe(const Matcher& matcher) {
  switch (matcher.kind) {
    case Kind::kText:
      return ShortQuote(matcher.text);
    case Kind::kInteger:
      return fmt::format("(integer) {}", matcher.integer);
    case Kind::kDouble:
      return fmt::format("(double) {}", matcher.number);
    case Kind::kNull:
      return "(nil)";
    case Kind::kBool:
      return matcher.integer != 0 ? "(true)" : "(false)";
    case Kind::kArray:
      return DescribeList(matcher);
    case Kind::kError:
      return fmt::format("(error) {}{}", matcher.text, matcher.text.empty() ? "any" : "...");
    case Kind::kSimple:
      return fmt::format("(simple) {}", matcher.text);
    case Kind::kBulk:
      return fmt::format("(bulk) {}", ShortQuote(matcher.text));
    case Kind::kRegex:
      return fmt::format("text matching /{}/", matcher.regex->pattern());
    case Kind::kAny:
      return matcher.type_mask == 0 ? "any reply" : "a reply of type " + matcher.text;
    case Kind::kUnordered:
      return DescribeList(matcher) + " in any order";
    case Kind::kMap:
      return fmt::format("a map of {} pairs", matcher.children.size() / 2);
    case Kind::kSet:
      return fmt::format("a set {}", DescribeList(matcher));
    case Kind::kLen:
      if (matcher.integer == matcher.integer_max)
        return fmt::format("something of length {}", matcher.integer);
      if (matcher.integer_max == std::numeric_limits<int64_t>::max())
        return fmt::format("a length of at least {}", matcher.integer);
      return fmt::format("a length from {} to {}", matcher.integer, matcher.integer_max);
    case Kind::kApprox:
      return fmt::format("a number within {} of {}", matcher.within, matcher.number);
    case Kind::kHandle:
      return matcher.text.empty() ? "a handle" : fmt::format("a handle <{}>", matcher.text);
    case Kind::kCapture:
      return matcher.children.empty() ? "a single value to capture" : Describe(matcher.children[0]);
    case Kind::kRef:
      return "what was captured before";
    case Kind::kBlocked:
      return "a blocked client";
    case Kind::kClosed:
      return "a closed connection";
    case Kind::kNothing:
      return "no reply";
    case Kind::kRaw:
      return "the bytes " + ShortQuote(matcher.text);
  }
  return "?";
}

std::string Describe(const Value& value) {
  switch (value.type) {
    case Type::kSimple:
      return value.text;
    case Type::kError:
      return "(error) " + value.text;
    case Type::kInteger:
      return fmt::format("(integer) {}", value.integer);
    case Type::kBulk:
      return ShortQuote(value.text);
    case Type::kNull:
    case Type::kNullArray:
      return "(nil)";
    case Type::kDouble:
      return "(double) " + value.text;
    case Type::kBool:
      return value.integer != 0 ? "(true)" : "(false)";
    case Type::kBigNumber:
      return "(big number) " + value.text;
    case Type::kVerbatim:
      return fmt::format("({}) {}", value.format, ShortQuote(value.text));
    case Type::kArray:
      return "[" + JoinDescriptions(value.children, kListLimit) + "]";
    case Type::kPush:
      return "(push) [" + JoinDescriptions(value.children, kListLimit) + "]";
    case Type::kSet:
      return "(set) [" + JoinDescriptions(value.children, kListLimit) + "]";
    case Type::kMap:
      return "{" + DescribePairs(value.children) + "}";
  }
  return "?";
}

}  // namespace modcert::spec
