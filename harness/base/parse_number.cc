// Integers are read by hand; floating point by the C library, as the server does, because only that
// gives the same answers for hexadecimal, infinity and rounding. Texts are copied to the stack,
// where they get the NUL that the C library needs.
#include "base/parse_number.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>

namespace modcert {
namespace {

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Calls `parse(c_string)` with a NUL-terminated copy of `text`.
template <typename Parse>
auto WithTerminator(std::string_view text, Parse parse) {
  // Longer than any number that a client sends in earnest; others take the slow way.
  std::array<char, 128> buffer;
  if (text.size() >= buffer.size()) return parse(std::string(text).c_str());
  std::memcpy(buffer.data(), text.data(), text.size());
  buffer[text.size()] = '\0';
  return parse(buffer.data());
}

// Number is double or long double, `convert` its strtod or strtold.
template <typename Number, typename Convert>
std::optional<Number> ParseWhole(std::string_view text, Convert convert) {
  if (text.empty() || IsSpace(text[0])) return std::nullopt;
  return WithTerminator(text, [&](const char* start) -> std::optional<Number> {
    char* end = nullptr;
    errno = 0;
    const Number number = convert(start, &end);
    if (end != start + text.size() || std::isnan(number)) return std::nullopt;
    // Denormal results set ERANGE as well and are fine.
    if (errno == ERANGE && (std::isinf(number) || number == 0)) return std::nullopt;
    return number;
  });
}

}  // namespace

std::optional<int64_t> ParseInteger(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const std::string_view digits = text[0] == '-' ? text.substr(1) : text;
  if (digits.empty() || (digits[0] == '0' && text.size() > 1)) return std::nullopt;
  int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return number;
}

std::optional<double> ParseDouble(std::string_view text) {
  return ParseWhole<double>(text, [](const char* s, char** end) { return std::strtod(s, end); });
}

std::optional<long double> ParseLongDouble(std::string_view text) {
  // The size of the server's buffer.
  constexpr size_t kMaxSize = 5 * 1024;
  if (text.size() >= kMaxSize) return std::nullopt;
  return ParseWhole<long double>(text,
                                 [](const char* s, char** end) { return std::strtold(s, end); });
}

std::optional<double> ParseScoreBound(std::string_view text) {
  return WithTerminator(text, [](const char* start) -> std::optional<double> {
    char* end = nullptr;
    const double number = std::strtod(start, &end);
    // Where there is no number at all, the server goes on only if there is no text either.
    if (*end != '\0' || std::isnan(number)) return std::nullopt;
    return number;
  });
}

}  // namespace modcert
