#include "base/split_args.h"

#include "base/hex.h"

namespace modcert {
namespace {

constexpr std::string_view kWhiteSpace = " \t\n\v\f\r";
// Vertical tab and form feed are skipped between arguments but do not end one (checked).
constexpr std::string_view kEndsPlainText = " \t\n\r";

bool IsOneOf(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

class ArgSplitter {
 public:
  explicit ArgSplitter(std::string_view line) : rest_(line.substr(0, line.find('\0'))) {}

  // Moves to the next argument; false at the end of the line.
  bool SkipToArg() {
    while (!rest_.empty() && IsOneOf(rest_[0], kWhiteSpace)) rest_.remove_prefix(1);
    return !rest_.empty();
  }

  // Reads the argument that starts here; false when its quotes are not balanced.
  bool ReadArg(std::string& arg) {
    while (!rest_.empty() && !IsOneOf(rest_[0], kEndsPlainText)) {
      const char c = TakeChar();
      if (c == '"') return ReadDoubleQuoted(arg);
      if (c == '\'') return ReadSingleQuoted(arg);
      arg += c;
    }
    return true;
  }

 private:
  char TakeChar() {
    const char c = rest_[0];
    rest_.remove_prefix(1);
    return c;
  }

  bool ClosedWell() const { return rest_.empty() || IsOneOf(rest_[0], kWhiteSpace); }

  bool ReadDoubleQuoted(std::string& arg) {
    while (!rest_.empty()) {
      const char c = TakeChar();
      if (c == '"') return ClosedWell();
      if (c == '\\' && !rest_.empty()) {
        arg += TakeEscaped();
      } else {
        arg += c;
      }
    }
    return false;
  }

  // Behind the backslash.
  char TakeEscaped() {
    if (rest_.size() >= 3 && rest_[0] == 'x') {
      const int high = HexDigitValue(rest_[1]);
      const int low = HexDigitValue(rest_[2]);
      if (high >= 0 && low >= 0) {
        rest_.remove_prefix(3);
        return static_cast<char>(high * 16 + low);
      }
    }
    const char c = TakeChar();
    switch (c) {
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'b':
        return '\b';
      case 'a':
        return '\a';
      default:
        return c;
    }
  }

  bool ReadSingleQuoted(std::string& arg) {
    while (!rest_.empty()) {
      const char c = TakeChar();
      if (c == '\'') return ClosedWell();
      const bool quotes_quote = c == '\\' && !rest_.empty() && rest_[0] == '\'';
      arg += quotes_quote ? TakeChar() : c;
    }
    return false;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<std::vector<std::string>> SplitArgs(std::string_view line) {
  std::vector<std::string> args;
  ArgSplitter splitter(line);
  while (splitter.SkipToArg()) {
    if (!splitter.ReadArg(args.emplace_back())) return std::nullopt;
  }
  return args;
}

}  // namespace modcert
