// A recursive-descent reader of RFC 8259: one function per kind of value, and a cursor that counts
// lines as it goes.
#include "spec/json_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace modcert::spec {
namespace {

// Deep enough for any spec; stops hostile files before they reach the end of the stack.
constexpr int kMaxDepth = 200;

class Parser {
 public:
  Parser(std::string_view source, std::string_view file) : source_(source), file_(file) {}

  Result<JsonNode> ParseDocument() {
    JsonNode root;
    SkipSpace();
    if (!ParseValue(root, 0)) return tl::unexpected(error_);
    SkipSpace();
    if (at_ < source_.size()) {
      Error("text after the end of the document");
      return tl::unexpected(error_);
    }
    return root;
  }

 private:
  bool ParseValue(JsonNode& node, int depth) {
    if (depth > kMaxDepth) return Error("nested too deeply");
    MarkBegin(node);
    if (!ParseUnmarked(node, depth)) return false;
    node.end = at_;
    return true;
  }

  bool ParseUnmarked(JsonNode& node, int depth) {
    switch (Peek()) {
      case '{':
        return ParseObject(node, depth);
      case '[':
        return ParseArray(node, depth);
      case '"':
        node.kind = JsonNode::Kind::kString;
        return ParseString(node.text);
      case 't':
      case 'f':
      case 'n':
        return ParseWord(node);
      default:
        return ParseNumber(node);
    }
  }

  bool ParseObject(JsonNode& node, int depth) {
    node.kind = JsonNode::Kind::kObject;
    Take();
    SkipSpace();
    if (Peek() == '}') return Take();
    while (true) {
      SkipSpace();
      if (!ParseMember(node, depth)) return false;
      SkipSpace();
      if (Peek() == '}') return Take();
      if (Peek() != ',') return Error("expected ',' or '}' in an object");
      Take();
    }
  }

  bool ParseMember(JsonNode& node, int depth) {
    JsonNode::Key key{.name = {}, .line = line_, .column = Column()};
    if (Peek() != '"') return Error("expected the name of a member, in double quotes");
    const size_t begin = at_;
    if (!ParseString(key.name)) return false;
    if (node.Find(key.name) != nullptr) {
      at_ = begin;
      return Error(fmt::format("member '{}' is there twice", key.name));
    }
    SkipSpace();
    if (Peek() != ':') return Error("expected ':' after the name of a member");
    Take();
    SkipSpace();
    JsonNode value;
    if (!ParseValue(value, depth + 1)) return false;
    node.keys.push_back(std::move(key));
    node.elements.push_back(std::move(value));
    return true;
  }

  bool ParseArray(JsonNode& node, int depth) {
    node.kind = JsonNode::Kind::kArray;
    Take();
    SkipSpace();
    if (Peek() == ']') return Take();
    while (true) {
      SkipSpace();
      if (!ParseValue(node.elements.emplace_back(), depth + 1)) return false;
      SkipSpace();
      if (Peek() == ']') return Take();
      if (Peek() != ',') return Error("expected ',' or ']' in a list");
      Take();
    }
  }

  bool ParseWord(JsonNode& node) {
    if (TakeWord("null")) return true;
    node.kind = JsonNode::Kind::kBool;
    if (TakeWord("true")) return node.boolean = true;
    if (TakeWord("false")) return true;
    return Error("expected a value: a string needs double quotes");
  }

  bool TakeWord(std::string_view word) {
    if (source_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  bool ParseNumber(JsonNode& node) {
    const size_t begin = at_;
    node.kind = JsonNode::Kind::kNumber;
    if (Peek() == '-') Take();
    if (Peek() == '0') {
      Take();
    } else if (!TakeDigits()) {
      return at_ < source_.size() ? Error("expected a value") : Error("the file ends too early");
    }
    if (Peek() == '.' && (Take(), !TakeDigits())) return Error("expected digits after '.'");
    if (Peek() == 'e' || Peek() == 'E') {
      Take();
      if (Peek() == '+' || Peek() == '-') Take();
      if (!TakeDigits()) return Error("expected digits in the exponent");
    }
    node.text = source_.substr(begin, at_ - begin);
    return true;
  }

  bool TakeDigits() {
    const size_t begin = at_;
    while (Peek() >= '0' && Peek() <= '9') ++at_;
    return at_ > begin;
  }

  bool ParseString(std::string& out) {
    Take();
    while (true) {
      if (at_ >= source_.size()) return Error("the file ends inside a string");
      const char c = source_[at_];
      if (c == '"') return Take();
      if (static_cast<unsigned char>(c) < 0x20) return Error("control character inside a string");
      if (c == '\\') {
        if (!ParseEscape(out)) return false;
      } else {
        out += c;
        ++at_;
      }
    }
  }

  bool ParseEscape(std::string& out) {
    static constexpr std::string_view kLetters = "\"\\/bfnrt";
    static constexpr std::string_view kBytes = "\"\\/\b\f\n\r\t";
    ++at_;
    const char letter = Peek();
    if (letter == 'u') return ParseUnicodeEscape(out);
    const size_t index = kLetters.find(letter);
    if (letter == '\0' || index == std::string_view::npos) {
      return Error("unknown escape in a string: bytes are written as {\"$hex\": \"00ff\"}");
    }
    out += kBytes[index];
    return Take();
  }

  bool ParseUnicodeEscape(std::string& out) {
    uint32_t code = 0;
    if (!ParseHex4(code)) return false;
    if (code >= 0xD800 && code < 0xDC00) {
      uint32_t low = 0;
      if (Peek() != '\\') return Error("half of a surrogate pair");
      ++at_;
      if (Peek() != 'u' || !ParseHex4(low) || low < 0xDC00 || low > 0xDFFF) {
        return Error("half of a surrogate pair");
      }
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    AppendUtf8(code, out);
    return true;
  }

  // The cursor stands on the 'u'.
  bool ParseHex4(uint32_t& code) {
    ++at_;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = Peek();
      const bool digit = c >= '0' && c <= '9';
      const char lower = static_cast<char>(c | 0x20);
      if (!digit && (lower < 'a' || lower > 'f')) return Error("expected four hex digits");
      code = code * 16 + static_cast<uint32_t>(digit ? c - '0' : lower - 'a' + 10);
    }
    return true;
  }

  static void AppendUtf8(uint32_t code, std::string& out) {
    if (code < 0x80) {
      out += static_cast<char>(code);
      return;
    }
    const int tail_count = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static constexpr int kLead[] = {0, 0xC0, 0xE0, 0xF0};
    out += static_cast<char>(kLead[tail_count] | (code >> (6 * tail_count)));
    for (int i = tail_count - 1; i >= 0; --i) {
      out += static_cast<char>(0x80 | ((code >> (6 * i)) & 0x3F));
    }
  }

  void SkipSpace() {
    for (; at_ < source_.size(); ++at_) {
      const char c = source_[at_];
      if (c == '\n') {
        ++line_;
        line_begin_ = at_ + 1;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
    }
  }

  char Peek() const { return at_ < source_.size() ? source_[at_] : '\0'; }
  bool Take() {
    ++at_;
    return true;
  }
  int Column() const { return static_cast<int>(at_ - line_begin_) + 1; }
  void MarkBegin(JsonNode& node) const {
    node.line = line_;
    node.column = Column();
    node.begin = at_;
  }

  // Always false, so that a caller can return it.
  bool Error(std::string problem) {
    if (!error_.problem.empty()) return false;
    error_.place = fmt::format("{}:{}:{}", file_, line_, Column());
    error_.problem = std::move(problem);
    return false;
  }

  std::string_view source_;
  std::string_view file_;
  size_t at_ = 0;
  int line_ = 1;
  size_t line_begin_ = 0;
  modcert::Error error_;
};

}  // namespace

bool JsonNode::is_integer() const {
  return is_number() && text.find_first_of(".eE") == std::string::npos;
}

const JsonNode* JsonNode::Find(std::string_view name) const {
  for (size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].name == name) return &elements[i];
  }
  return nullptr;
}

std::string_view JsonNode::KindName() const {
  static constexpr std::string_view kNames[] = {"null",     "a boolean", "a number",
                                                "a string", "a list",    "an object"};
  return kNames[static_cast<int>(kind)];
}

Result<JsonNode> ParseJson(std::string_view source, std::string_view file) {
  return Parser(source, file).ParseDocument();
}

Result<JsonNode> ParseJsonFile(const std::string& path) {
  auto source = ReadFile(path);
  if (!source) return tl::unexpected(source.error());
  return ParseJson(*source, path);
}

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Fail(path, fmt::format("cannot be read: {}", std::strerror(errno)));
  std::ostringstream text;
  text << in.rdbuf();
  if (in.bad()) return Fail(path, "cannot be read: is it a directory?");
  return std::move(text).str();
}

}  // namespace modcert::spec
