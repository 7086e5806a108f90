#include "base/double_to_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <limits>

#include "base/random.h"

namespace modcert {
namespace {

// The texts are those that ZADD, then ZSCORE on Redis 7.0.15 gave.
TEST(DoubleToText, PrintsSeventeenSignificantDigits) {
  EXPECT_EQ(DoubleToText(0), "0");
  EXPECT_EQ(DoubleToText(-1.5), "-1.5");
  EXPECT_EQ(DoubleToText(0.1), "0.10000000000000001");
  EXPECT_EQ(DoubleToText(3.14159), "3.1415899999999999");
  EXPECT_EQ(DoubleToText(0.30000000000000004), "0.30000000000000004");
  EXPECT_EQ(DoubleToText(1e-4), "0.0001");
  EXPECT_EQ(DoubleToText(-1e-5), "-1.0000000000000001e-05");
  EXPECT_EQ(DoubleToText(5e-324), "4.9406564584124654e-324");
  EXPECT_EQ(DoubleToText(1.7976931348623157e308), "1.7976931348623157e+308");
}

TEST(DoubleToText, PrintsWholeNumbersWithoutExponentUpToSeventeenDigits) {
  EXPECT_EQ(DoubleToText(100), "100");
  EXPECT_EQ(DoubleToText(1e15), "1000000000000000");
  EXPECT_EQ(DoubleToText(1e16), "10000000000000000");
  EXPECT_EQ(DoubleToText(12345678901234567.0), "12345678901234568");
  EXPECT_EQ(DoubleToText(1e17), "1e+17");
  EXPECT_EQ(DoubleToText(-1e17), "-1e+17");
  EXPECT_EQ(DoubleToText(123456789012345678.0), "1.2345678901234568e+17");
}

TEST(DoubleToText, PrintsWhatIsNotANumber) {
  EXPECT_EQ(DoubleToText(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(DoubleToText(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(DoubleToText(std::copysign(std::nan(""), 1)), "nan");
  EXPECT_EQ(DoubleToText(std::copysign(std::nan(""), -1)), "-nan");
  EXPECT_EQ(DoubleToText(-0.0), "-0");
}

TEST(DoubleToText, EqualsTheCLibraryForWholeNumbersOfEverySize) {
  Random random(3);
  for (int i = 0; i < 2000; ++i) {
    const auto number =
        static_cast<double>(static_cast<int64_t>(random.Next()) >> random.Below(64));
    char expected[32];
    std::snprintf(expected, sizeof expected, "%.17g", number);
    EXPECT_EQ(DoubleToText(number), expected);
  }
}

TEST(StoredDoubleToText, PrintsWholeNumbersWithoutExponentUpToHalfTheRangeOfInt64) {
  EXPECT_EQ(StoredDoubleToText(1e17), "100000000000000000");
  EXPECT_EQ(StoredDoubleToText(-4e18), "-4000000000000000000");
  EXPECT_EQ(StoredDoubleToText(5e18), "5e+18");
  EXPECT_EQ(StoredDoubleToText(0.1), "0.10000000000000001");
  EXPECT_EQ(StoredDoubleToText(-std::numeric_limits<double>::quiet_NaN()), "nan");
  EXPECT_EQ(StoredDoubleToText(-0.0), "-0");
}

TEST(StoredDoubleToShortestText, PrintsAsFewDigitsAsReadBack) {
  EXPECT_EQ(StoredDoubleToShortestText(0.1), "0.1");
  EXPECT_EQ(StoredDoubleToShortestText(-123.25), "-123.25");
  EXPECT_EQ(StoredDoubleToShortestText(0.000015), "0.000015");
  EXPECT_EQ(StoredDoubleToShortestText(1e-7), "1e-7");
  EXPECT_EQ(StoredDoubleToShortestText(1.5e-10), "1.5e-10");
  EXPECT_EQ(StoredDoubleToShortestText(1e30), "1e+30");
  EXPECT_EQ(StoredDoubleToShortestText(12345678901234567890.0), "12345678901234567000");
  EXPECT_EQ(StoredDoubleToShortestText(-0.0), "-0");
}

// The texts are replies of INCRBYFLOAT.
TEST(LongDoubleToHumanText, TrimsZerosAndNeverPrintsAnExponent) {
  EXPECT_EQ(LongDoubleToHumanText(3.14L), "3.14");
  EXPECT_EQ(LongDoubleToHumanText(0.1L + 0.2L), "0.3");
  EXPECT_EQ(LongDoubleToHumanText(10.5L + 0.1L), "10.6");
  EXPECT_EQ(LongDoubleToHumanText(1e-17L), "0.00000000000000001");
  EXPECT_EQ(LongDoubleToHumanText(123456789.123456789L), "123456789.12345678899873747");
  EXPECT_EQ(LongDoubleToHumanText(1e18L + 0.5L), "1000000000000000000.5");
  EXPECT_EQ(LongDoubleToHumanText(1e20L), "100000000000000000000");
  EXPECT_EQ(LongDoubleToHumanText(100), "100");
  EXPECT_EQ(LongDoubleToHumanText(1e4932L).size(), 4933u);
}

TEST(LongDoubleToHumanText, PrintsZeroWithoutSign) {
  EXPECT_EQ(LongDoubleToHumanText(-0.0L), "0");
  EXPECT_EQ(LongDoubleToHumanText(-1e-18L), "0");
  EXPECT_EQ(LongDoubleToHumanText(-std::numeric_limits<long double>::infinity()), "-inf");
}

TEST(LongDoubleToText, PrintsAnExponentOnlyWhereItIsNeeded) {
  EXPECT_EQ(LongDoubleToText(1.5L), "1.5");
  EXPECT_EQ(LongDoubleToText(1e30L), "1e+30");
  EXPECT_EQ(LongDoubleToHexText(1.0L), "0x8p-3");
}

}  // namespace
}  // namespace modcert
