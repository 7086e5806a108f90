#include "base/double_to_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "base/require.h"

namespace modcert {
namespace {

// Whole numbers up to here print the same with %.17g and as an integer.
constexpr double kExactBelow = 1e15;

// `format` has one %L conversion.
std::string FormatLongDouble(const char* format, long double number) {
  if (std::isinf(number)) return number > 0 ? "inf" : "-inf";
  // The largest long double has 4933 digits before the point; 17 may follow.
  std::array<char, 5 * 1024> buffer;
  const int size = std::snprintf(buffer.data(), buffer.size(), format, number);
  Require(size > 0 && static_cast<size_t>(size) < buffer.size(), "a long double fits its buffer");
  return std::string(buffer.data(), static_cast<size_t>(size));
}

// Digits without point and zeros around, and the power of ten that they are to be multiplied with.
struct Decimal {
  bool negative;
  std::string digits;
  int exponent;
};

Decimal ShortestDecimal(double number) {
  char buffer[32];
  const char* end =
      std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific).ptr;
  const std::string_view text(buffer, static_cast<size_t>(end - buffer));
  const size_t e = text.find('e');
  Decimal decimal{text[0] == '-', {}, 0};
  for (const char c : text.substr(0, e))
    if (c >= '0' && c <= '9') decimal.digits += c;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), end, decimal.exponent);
  decimal.exponent -= static_cast<int>(decimal.digits.size()) - 1;
  return decimal;
}

// Where the point goes, or else the exponent: as the printing routine of those servers decides.
std::string Layout(const Decimal& decimal) {
  const std::string& digits = decimal.digits;
  const int count = static_cast<int>(digits.size());
  const int magnitude = decimal.exponent + count - 1;
  const int size = std::abs(magnitude);
  if (decimal.exponent >= 0 && size < count + 7)
    return digits + std::string(static_cast<size_t>(decimal.exponent), '0');
  if (decimal.exponent < 0 && (decimal.exponent > -7 || size < 4)) {
    const int whole = count + decimal.exponent;
    if (whole <= 0) return "0." + std::string(static_cast<size_t>(-whole), '0') + digits;
    return digits.substr(0, static_cast<size_t>(whole)) + "." +
           digits.substr(static_cast<size_t>(whole));
  }
  const std::string fraction = count > 1 ? "." + digits.substr(1) : "";
  return digits.substr(0, 1) + fraction + (magnitude < 0 ? "e-" : "e+") + std::to_string(size);
}

// Whole numbers and those that are none have their own texts. Minus zero is not whole here.
std::optional<std::string> TextOfWholeOrNone(double number) {
  constexpr double kWholeMax = 4611686018427387904.0;  // half the range of int64
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number > 0 ? "inf" : "-inf";
  if (number == 0) return std::signbit(number) ? "-0" : "0";
  if (std::fabs(number) > kWholeMax || number != std::trunc(number)) return std::nullopt;
  return std::to_string(static_cast<long long>(number));
}

}  // namespace

DoubleText::DoubleText(double number) {
  // OPTIMIZATION: most scores are small whole numbers. Minus zero keeps its sign below.
  const bool is_whole = std::fabs(number) < kExactBelow && number == std::trunc(number) &&
                        !(number == 0 && std::signbit(number));
  if (is_whole) {
    const auto integer = static_cast<long long>(number);
    size_ = static_cast<size_t>(std::to_chars(buffer_, buffer_ + sizeof buffer_, integer).ptr -
                                buffer_);
    return;
  }
  size_ = static_cast<size_t>(std::snprintf(buffer_, sizeof buffer_, "%.17g", number));
}

std::string DoubleToText(double number) { return std::string(DoubleText(number).view()); }

std::string StoredDoubleToText(double number) {
  if (auto text = TextOfWholeOrNone(number)) return *std::move(text);
  return DoubleToText(number);
}

std::string StoredDoubleToShortestText(double number) {
  if (auto text = TextOfWholeOrNone(number)) return *std::move(text);
  const Decimal decimal = ShortestDecimal(number);
  return (decimal.negative ? "-" : "") + Layout(decimal);
}

std::string LongDoubleToHumanText(long double number) {
  std::string text = FormatLongDouble("%.17Lf", number);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

std::string LongDoubleToText(long double number) { return FormatLongDouble("%.17Lg", number); }

std::string LongDoubleToHexText(long double number) { return FormatLongDouble("%La", number); }

}  // namespace modcert
