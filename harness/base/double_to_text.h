// Floating point numbers as a real server prints them.
#pragma once

#include <string>
#include <string_view>

namespace modcert {

// Room for any double as text, and that text.
class DoubleText {
 public:
  // 17 significant digits without trailing zeros, as a score or a RESP3 double of Redis 7.0:
  // 0.1 is "0.10000000000000001", 1e17 is "1e+17"; "inf", "-inf", "nan", "-nan", "-0".
  explicit DoubleText(double number);
  std::string_view view() const { return {buffer_, size_}; }

 private:
  char buffer_[32];
  size_t size_;
};

// DoubleText as a string of its own.
std::string DoubleToText(double number);

// As a server stores a double in a string: whole numbers up to half the range of int64 without an
// exponent, others as DoubleText: 1e17 is "100000000000000000"; NaN has no sign.
std::string StoredDoubleToText(double number);

// The same with as few digits as read back as the same number, as servers from 7.2 on do: 0.1 is
// "0.1", 1e30 is "1e+30".
std::string StoredDoubleToShortestText(double number);

// Up to 17 digits behind the point, no exponent, no trailing zeros: "3.14", "0" for -0 as well, as
// INCRBYFLOAT stores and replies it. "inf", "-inf".
std::string LongDoubleToHumanText(long double number);

// 17 significant digits, with exponent where needed.
std::string LongDoubleToText(long double number);

// Exact, hexadecimal: as module data types store long doubles in RDB files.
std::string LongDoubleToHexText(long double number);

}  // namespace modcert
