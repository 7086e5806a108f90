#include "base/escape.h"

namespace modcert {
namespace {

void AppendEscaped(char c, std::string& out) {
  constexpr char kDigits[] = "0123456789abcdef";
  switch (c) {
    case '\\':
    case '"':
      (out += '\\') += c;
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\a':
      out += "\\a";
      return;
    case '\b':
      out += "\\b";
      return;
    default:
      break;
  }
  if (c >= ' ' && c <= '~') {
    out += c;
    return;
  }
  const auto byte = static_cast<unsigned char>(c);
  ((out += "\\x") += kDigits[byte >> 4]) += kDigits[byte & 15];
}

}  // namespace

void AppendQuoted(std::string_view bytes, std::string& out) {
  out += '"';
  for (const char c : bytes) AppendEscaped(c, out);
  out += '"';
}

std::string Quote(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + 2);
  AppendQuoted(bytes, text);
  return text;
}

}  // namespace modcert
