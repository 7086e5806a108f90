// One function per form of a matcher's argument; the table at the end ties the names to them.
#include "spec/matcher_reader.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>

#include "base/edit_distance.h"
#include "base/hex.h"

namespace modcert::spec {

using Kind = Matcher::Kind;

struct MatcherReader::Row {
  std::string_view name;
  Kind kind;
  bool (MatcherReader::*read)(const JsonNode&, Matcher&);
  bool top_only = false;
};

namespace {

// How far $approx may be off when nothing is said: about what printing with 17 digits and computing
// in another order costs, and far less than a wrong formula.
constexpr double kRelativeTolerance = 1e-9;

struct TypeName {
  std::string_view name;
  uint32_t mask;
};

constexpr uint32_t Bit(resp::Type type) { return 1u << static_cast<int>(type); }

constexpr uint32_t kStringMask = Bit(resp::Type::kBulk) | Bit(resp::Type::kSimple) |
                                 Bit(resp::Type::kVerbatim) | Bit(resp::Type::kBigNumber);

constexpr TypeName kTypeNames[] = {
    {"string", kStringMask},
    {"simple", Bit(resp::Type::kSimple)},
    {"bulk", Bit(resp::Type::kBulk)},
    {"verbatim", Bit(resp::Type::kVerbatim)},
    {"big_number", Bit(resp::Type::kBigNumber)},
    {"error", Bit(resp::Type::kError)},
    {"integer", Bit(resp::Type::kInteger)},
    {"double", Bit(resp::Type::kDouble)},
    {"boolean", Bit(resp::Type::kBool)},
    {"null", Bit(resp::Type::kNull) | Bit(resp::Type::kNullArray)},
    {"array", Bit(resp::Type::kArray)},
    {"map", Bit(resp::Type::kMap)},
    {"set", Bit(resp::Type::kSet)},
    {"push", Bit(resp::Type::kPush)},
};

// Object keys of $map are JSON strings; an integer key is written as a pair of a list.
JsonNode KeyNode(const JsonNode::Key& key) {
  JsonNode node;
  node.kind = JsonNode::Kind::kString;
  node.text = key.name;
  node.line = key.line;
  node.column = key.column;
  return node;
}

template <typename Rows>
std::string DidYouMean(std::string_view word, const Rows& rows) {
  std::vector<std::string_view> names;
  for (const auto& row : rows) names.push_back(row.name);
  const auto closest = ClosestWord(word, names);
  return closest ? fmt::format("did you mean '{}'?", *closest)
                 : fmt::format("known are {}", fmt::join(names, ", "));
}

}  // namespace

Result<Matcher> MatcherReader::ReadTop(const JsonNode& node) {
  Matcher matcher;
  if (!Read(node, matcher, true)) return tl::unexpected(error_);
  FillEncodings(matcher);
  return matcher;
}

Result<Matcher> MatcherReader::ReadPart(const JsonNode& node) {
  Matcher matcher;
  if (!Read(node, matcher, false)) return tl::unexpected(error_);
  return matcher;
}

bool MatcherReader::Read(const JsonNode& node, Matcher& out, bool top) {
  switch (node.kind) {
    case JsonNode::Kind::kNull:
      out.kind = Kind::kNull;
      return true;
    case JsonNode::Kind::kBool:
      out.kind = Kind::kBool;
      out.integer = node.boolean ? 1 : 0;
      return true;
    case JsonNode::Kind::kNumber:
      return ReadNumber(node, out);
    case JsonNode::Kind::kString:
      out.kind = Kind::kText;
      return ReadText(node, out);
    case JsonNode::Kind::kArray:
      out.kind = Kind::kArray;
      return ReadList(node, out);
    case JsonNode::Kind::kObject:
      return ReadObject(node, out, top);
  }
  return false;
}

bool MatcherReader::ReadNumber(const JsonNode& node, Matcher& out) {
  out.kind = node.is_integer() ? Kind::kInteger : Kind::kDouble;
  return node.is_integer() ? ToInteger(node, out.integer) : ToDouble(node, out.number);
}

bool MatcherReader::ReadObject(const JsonNode& node, Matcher& out, bool top) {
  const JsonNode* argument = nullptr;
  const JsonNode::Key* key = nullptr;
  for (size_t i = 0; i < node.keys.size(); ++i) {
    if (node.keys[i].name == "note") continue;
    if (key != nullptr) return Fail(node, "a matcher has one member", "nest matchers in a list");
    key = &node.keys[i];
    argument = &node.elements[i];
  }
  if (key == nullptr) return Fail(node, "an empty object matches nothing", "use {\"$any\": true}");
  JsonNode at_key = KeyNode(*key);
  if (!key->name.starts_with('$')) {
    return Fail(at_key, fmt::format("'{}' is not a matcher", key->name),
                "a map reply is written as {\"$map\": {...}}");
  }
  for (const Row& row : std::span(kRows, kRowCount)) {
    if (row.name == key->name) return ReadNamed(row, *argument, out, top);
  }
  return Fail(at_key, fmt::format("unknown matcher '{}'", key->name),
              DidYouMean(key->name, std::span(kRows, kRowCount)));
}

bool MatcherReader::ReadNamed(const Row& row, const JsonNode& node, Matcher& out, bool top) {
  out.kind = row.kind;
  if (row.top_only && !top) {
    return Fail(node,
                fmt::format("'{}' stands for a whole reply, not for a part of one", row.name));
  }
  return (this->*row.read)(node, out);
}

bool MatcherReader::ReadList(const JsonNode& node, Matcher& out) {
  if (!node.is_array()) return Fail(node, "expected a list, not " + std::string(node.KindName()));
  out.children.resize(node.elements.size());
  for (size_t i = 0; i < node.elements.size(); ++i) {
    if (!Read(node.elements[i], out.children[i], false)) return false;
  }
  return true;
}

bool MatcherReader::ReadText(const JsonNode& node, Matcher& out) {
  if (!node.is_string()) {
    return Fail(node, "expected a string, not " + std::string(node.KindName()));
  }
  out.text = node.text;
  CutReferences(out);
  return true;
}

// Of "${name}" the name of a capture goes to where it stood; any other text is as it is written,
// and "$${name}" is the text "${name}", as in an argument.
void MatcherReader::CutReferences(Matcher& out) const {
  for (size_t begin = out.text.find("${"); begin != std::string::npos;
       begin = out.text.find("${", begin)) {
    const size_t end = out.text.find('}', begin);
    if (end == std::string::npos) return;
    const auto known =
        std::find(captures_.begin(), captures_.end(), out.text.substr(begin + 2, end - begin - 2));
    if (known == captures_.end()) {
      ++begin;
      continue;
    }
    if (begin > 0 && out.text[begin - 1] == '$') {
      out.text.erase(begin, 1);
      continue;
    }
    out.text.erase(begin, end + 1 - begin);
    out.inserts.push_back({begin, static_cast<int>(known - captures_.begin())});
  }
}

// The beginning of the error's text; true means any error.
bool MatcherReader::ReadError(const JsonNode& node, Matcher& out) {
  if (node.is_bool() && node.boolean) return true;
  return ReadText(node, out);
}

bool MatcherReader::ReadHex(const JsonNode& node, Matcher& out) {
  if (!ReadText(node, out)) return false;
  auto bytes = HexDecode(out.text);
  if (!bytes) return Fail(node, "expected pairs of hex digits");
  out.text = *std::move(bytes);
  return true;
}

bool MatcherReader::ReadRegex(const JsonNode& node, Matcher& out) {
  if (!ReadText(node, out)) return false;
  RE2::Options options(RE2::Latin1);  // replies are bytes
  options.set_log_errors(false);
  options.set_dot_nl(true);
  auto regex = std::make_shared<const RE2>(out.text, options);
  if (!regex->ok()) return Fail(node, "wrong regular expression: " + regex->error());
  out.regex = std::move(regex);
  return true;
}

bool MatcherReader::ReadAny(const JsonNode& node, Matcher& out) {
  if (!node.is_string()) return ReadTrue(node, out);
  out.text = node.text;
  for (const TypeName& type : kTypeNames) {
    if (type.name == node.text) out.type_mask = type.mask;
  }
  if (out.type_mask != 0) return true;
  return Fail(node, fmt::format("unknown type '{}'", node.text), DidYouMean(node.text, kTypeNames));
}

bool MatcherReader::ReadMap(const JsonNode& node, Matcher& out) {
  if (node.is_array()) {
    return std::all_of(node.elements.begin(), node.elements.end(),
                       [&](const JsonNode& pair) { return ReadPair(pair, out); });
  }
  if (!node.is_object()) return Fail(node, "expected an object or a list of pairs");
  out.children.resize(node.elements.size() * 2);
  for (size_t i = 0; i < node.elements.size(); ++i) {
    if (!Read(KeyNode(node.keys[i]), out.children[i * 2], false)) return false;
    if (!Read(node.elements[i], out.children[i * 2 + 1], false)) return false;
  }
  return true;
}

bool MatcherReader::ReadPair(const JsonNode& pair, Matcher& out) {
  if (!pair.is_array() || pair.elements.size() != 2) return Fail(pair, "expected [key, value]");
  return Read(pair.elements[0], out.children.emplace_back(), false) &&
         Read(pair.elements[1], out.children.emplace_back(), false);
}

// A number, or {"min": 1, "max": 3} with either end open.
bool MatcherReader::ReadLen(const JsonNode& node, Matcher& out) {
  out.integer_max = std::numeric_limits<int64_t>::max();
  if (node.is_number()) {
    if (!ToInteger(node, out.integer)) return false;
    out.integer_max = out.integer;
    return true;
  }
  if (!node.is_object()) return Fail(node, "expected a length or {\"min\": 1, \"max\": 3}");
  for (size_t i = 0; i < node.keys.size(); ++i) {
    const std::string& name = node.keys[i].name;
    if (name != "min" && name != "max") {
      return Fail(KeyNode(node.keys[i]), fmt::format("unknown member '{}' of $len", name),
                  "known are min, max");
    }
    if (!ToInteger(node.elements[i], name == "min" ? out.integer : out.integer_max)) return false;
  }
  return true;
}

// A number with the default tolerance, or {"value": x, "within": y}.
bool MatcherReader::ReadApprox(const JsonNode& node, Matcher& out) {
  if (node.is_number()) {
    if (!ToDouble(node, out.number)) return false;
    out.within = std::abs(out.number) * kRelativeTolerance;
    return true;
  }
  const JsonNode* value = node.is_object() ? node.Find("value") : nullptr;
  const JsonNode* within = node.is_object() ? node.Find("within") : nullptr;
  if (value == nullptr || within == nullptr || node.keys.size() != 2) {
    return Fail(node, "expected a number or {\"value\": 1.5, \"within\": 0.1}");
  }
  return ToDouble(*value, out.number) && ToDouble(*within, out.within);
}

// A name, or {"name": "cursor", "expect": ...}.
bool MatcherReader::ReadCapture(const JsonNode& node, Matcher& out) {
  const JsonNode* name = node.is_object() ? node.Find("name") : &node;
  if (name == nullptr || !name->is_string() || name->text.empty()) {
    return Fail(node, "expected a name or {\"name\": \"cursor\", \"expect\": ...}");
  }
  if (const JsonNode* expect = node.is_object() ? node.Find("expect") : nullptr) {
    if (!Read(*expect, out.children.emplace_back(), false)) return false;
  }
  const auto known = std::find(captures_.begin(), captures_.end(), name->text);
  out.slot = static_cast<int>(known - captures_.begin());
  if (known == captures_.end()) captures_.push_back(name->text);
  return true;
}

bool MatcherReader::ReadRef(const JsonNode& node, Matcher& out) {
  if (!ReadText(node, out)) return false;
  const auto known = std::find(captures_.begin(), captures_.end(), node.text);
  if (known == captures_.end()) {
    return Fail(node, fmt::format("nothing was captured as '{}' before this step", node.text));
  }
  out.slot = static_cast<int>(known - captures_.begin());
  return true;
}

// The name of the type, or true for any.
bool MatcherReader::ReadHandle(const JsonNode& node, Matcher& out) {
  return node.is_bool() ? ReadTrue(node, out) : ReadText(node, out);
}

bool MatcherReader::ReadTrue(const JsonNode& node, Matcher&) {
  return (node.is_bool() && node.boolean) || Fail(node, "expected true");
}

bool MatcherReader::ToInteger(const JsonNode& node, int64_t& out) {
  if (!node.is_integer()) return Fail(node, "expected an integer");
  const char* end = node.text.data() + node.text.size();
  const auto parsed = std::from_chars(node.text.data(), end, out);
  if (parsed.ec == std::errc() && parsed.ptr == end) return true;
  return Fail(node, "an integer reply has 64 bits", "a longer number is written as a string");
}

bool MatcherReader::ToDouble(const JsonNode& node, double& out) {
  if (!node.is_number()) return Fail(node, "expected a number");
  const char* end = node.text.data() + node.text.size();
  const auto parsed = std::from_chars(node.text.data(), end, out);
  return parsed.ec == std::errc() || Fail(node, "the number does not fit a double");
}

bool MatcherReader::Fail(const JsonNode& node, std::string problem, std::string remedy) {
  error_ = {fmt::format("{}:{}:{}", file_, node.line, node.column), std::move(problem),
            std::move(remedy)};
  return false;
}

const MatcherReader::Row MatcherReader::kRows[kRowCount] = {
    {"$error", Kind::kError, &MatcherReader::ReadError},
    {"$simple", Kind::kSimple, &MatcherReader::ReadText},
    {"$bulk", Kind::kBulk, &MatcherReader::ReadText},
    {"$hex", Kind::kBulk, &MatcherReader::ReadHex},
    {"$regex", Kind::kRegex, &MatcherReader::ReadRegex},
    {"$any", Kind::kAny, &MatcherReader::ReadAny},
    {"$unordered", Kind::kUnordered, &MatcherReader::ReadList},
    {"$map", Kind::kMap, &MatcherReader::ReadMap},
    {"$set", Kind::kSet, &MatcherReader::ReadList},
    {"$len", Kind::kLen, &MatcherReader::ReadLen},
    {"$approx", Kind::kApprox, &MatcherReader::ReadApprox},
    {"$handle", Kind::kHandle, &MatcherReader::ReadHandle},
    {"$capture", Kind::kCapture, &MatcherReader::ReadCapture},
    {"$ref", Kind::kRef, &MatcherReader::ReadRef},
    {"$blocked", Kind::kBlocked, &MatcherReader::ReadTrue, true},
    {"$closed", Kind::kClosed, &MatcherReader::ReadTrue, true},
    {"$nothing", Kind::kNothing, &MatcherReader::ReadTrue, true},
    {"$raw", Kind::kRaw, &MatcherReader::ReadText, true},
};

}  // namespace modcert::spec
