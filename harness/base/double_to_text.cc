#include "base/double_to_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

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
