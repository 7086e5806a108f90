// Every reply is a type byte, a line, and perhaps a payload. Numbers are written straight into a
// small stack buffer, so that nothing is allocated but what `out` needs to grow.
#include "resp/encode.h"

#include <algorithm>
#include <charconv>

#include "base/double_to_text.h"

namespace modcert::resp {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

template <typename Integer>
void AppendNumberLine(char type, Integer number, std::string& out) {
  char line[24];  // The type byte, 20 characters at most, the line end.
  line[0] = type;
  char* end = std::to_chars(line + 1, line + sizeof line, number).ptr;
  *end++ = '\r';
  *end++ = '\n';
  out.append(line, static_cast<size_t>(end - line));
}

void AppendLine(char type, std::string_view text, std::string& out) {
  out += type;
  out += text;
  out += kLineEnd;
}

// "$3\r\nfoo\r\n", and "!" and "=" alike.
void AppendBlob(char type, std::string_view bytes, std::string& out) {
  AppendNumberLine(type, bytes.size(), out);
  out += bytes;
  out += kLineEnd;
}

bool HasLineBreak(std::string_view text) {
  return text.find_first_of(kLineEnd) != std::string_view::npos;
}

void AppendOneLine(char type, std::string_view text, std::string& out) {
  const size_t start = out.size() + 1;
  out += type;
  out += text;
  std::replace_if(
      out.begin() + static_cast<std::ptrdiff_t>(start), out.end(),
      [](char c) { return c == '\r' || c == '\n'; }, ' ');
  out += kLineEnd;
}

void EncodeError(std::string_view text, Protocol protocol, std::string& out) {
  if (protocol == Protocol::kResp3 && HasLineBreak(text)) {
    AppendBlob('!', text, out);
  } else {
    AppendOneLine('-', text, out);
  }
}

void EncodeEach(const std::vector<Value>& values, Protocol protocol, std::string& out) {
  for (const Value& value : values) Encode(value, protocol, out);
}

void EncodeAggregate(const Value& value, Protocol protocol, std::string& out) {
  const size_t count = value.children.size();
  switch (value.type) {
    case Type::kMap:
      AppendMapHeader(count / 2, protocol, out);
      break;
    case Type::kSet:
      AppendSetHeader(count, protocol, out);
      break;
    case Type::kPush:
      AppendPushHeader(count, protocol, out);
      break;
    default:
      AppendArrayHeader(count, out);
  }
  EncodeEach(value.children, protocol, out);
}

void EncodeDouble(const Value& value, Protocol protocol, std::string& out) {
  if (value.text.empty()) {
    AppendDouble(value.number, protocol, out);
  } else {
    AppendDoubleText(value.text, protocol, out);
  }
}

}  // namespace

void Encode(const Value& value, Protocol protocol, std::string& out) {
  if (!value.attributes.empty() && protocol == Protocol::kResp3) {
    AppendAttributeHeader(value.attributes.size() / 2, out);
    EncodeEach(value.attributes, protocol, out);
  }
  switch (value.type) {
    case Type::kSimple:
      return AppendOneLine('+', value.text, out);
    case Type::kError:
      return EncodeError(value.text, protocol, out);
    case Type::kInteger:
      return AppendInteger(value.integer, out);
    case Type::kBulk:
      return AppendBulk(value.text, out);
    case Type::kNull:
      return AppendNull(protocol, out);
    case Type::kNullArray:
      return AppendNullArray(protocol, out);
    case Type::kDouble:
      return EncodeDouble(value, protocol, out);
    case Type::kBool:
      return AppendBool(value.integer != 0, protocol, out);
    case Type::kBigNumber:
      return AppendBigNumber(value.text, protocol, out);
    case Type::kVerbatim:
      return AppendVerbatim(value.format, value.text, protocol, out);
    case Type::kArray:
    case Type::kMap:
    case Type::kSet:
    case Type::kPush:
      return EncodeAggregate(value, protocol, out);
  }
}

void AppendSimple(std::string_view text, std::string& out) { AppendLine('+', text, out); }

void AppendError(std::string_view text, std::string& out) { AppendLine('-', text, out); }

void AppendInteger(int64_t integer, std::string& out) { AppendNumberLine(':', integer, out); }

void AppendBulk(std::string_view bytes, std::string& out) { AppendBlob('$', bytes, out); }

void AppendNull(Protocol protocol, std::string& out) {
  out += protocol == Protocol::kResp3 ? "_\r\n" : "$-1\r\n";
}

void AppendNullArray(Protocol protocol, std::string& out) {
  out += protocol == Protocol::kResp3 ? "_\r\n" : "*-1\r\n";
}

void AppendDouble(double number, Protocol protocol, std::string& out) {
  AppendDoubleText(DoubleText(number).view(), protocol, out);
}

void AppendDoubleText(std::string_view text, Protocol protocol, std::string& out) {
  protocol == Protocol::kResp3 ? AppendLine(',', text, out) : AppendBulk(text, out);
}

void AppendBool(bool flag, Protocol protocol, std::string& out) {
  if (protocol == Protocol::kResp3) {
    out += flag ? "#t\r\n" : "#f\r\n";
  } else {
    out += flag ? ":1\r\n" : ":0\r\n";
  }
}

void AppendBigNumber(std::string_view digits, Protocol protocol, std::string& out) {
  protocol == Protocol::kResp3 ? AppendLine('(', digits, out) : AppendBulk(digits, out);
}

void AppendVerbatim(std::string_view format, std::string_view bytes, Protocol protocol,
                    std::string& out) {
  if (protocol == Protocol::kResp2) return AppendBulk(bytes, out);
  AppendNumberLine('=', format.size() + 1 + bytes.size(), out);
  out += format;
  out += ':';
  out += bytes;
  out += kLineEnd;
}

void AppendArrayHeader(size_t count, std::string& out) { AppendNumberLine('*', count, out); }

void AppendMapHeader(size_t pair_count, Protocol protocol, std::string& out) {
  if (protocol == Protocol::kResp3) return AppendNumberLine('%', pair_count, out);
  AppendArrayHeader(pair_count * 2, out);
}

void AppendSetHeader(size_t count, Protocol protocol, std::string& out) {
  AppendNumberLine(protocol == Protocol::kResp3 ? '~' : '*', count, out);
}

void AppendPushHeader(size_t count, Protocol protocol, std::string& out) {
  AppendNumberLine(protocol == Protocol::kResp3 ? '>' : '*', count, out);
}

void AppendAttributeHeader(size_t pair_count, std::string& out) {
  AppendNumberLine('|', pair_count, out);
}

}  // namespace modcert::resp
