#include "base/parse_number.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace modcert {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// All accepted and refused texts below were tried on Redis 7.0.15: INCRBY and INCR for integers,
// ZADD for doubles, INCRBYFLOAT for long doubles, ZRANGEBYSCORE for bounds.
TEST(ParseInteger, ReadsTheWholeRange) {
  EXPECT_EQ(ParseInteger("0"), 0);
  EXPECT_EQ(ParseInteger("-1"), -1);
  EXPECT_EQ(ParseInteger("100"), 100);
  EXPECT_EQ(ParseInteger("9223372036854775807"), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(ParseInteger("-9223372036854775808"), std::numeric_limits<int64_t>::min());
}

TEST(ParseInteger, RefusesEverySpellingButTheCanonicalOne) {
  for (const char* text :
       {"", "-", "+", "-0", "+1", " 1", "1 ", "01", "-01", "00", "-00", "0x1", "1.0", "1e1", "1a",
        "9223372036854775808", "-9223372036854775809", "18446744073709551615", "--1"}) {
    EXPECT_EQ(ParseInteger(text), std::nullopt) << text;
  }
  EXPECT_EQ(ParseInteger({"1\0", 2}), std::nullopt);
}

TEST(ParseDouble, ReadsDecimalHexadecimalAndInfinity) {
  EXPECT_EQ(ParseDouble("0"), 0.0);
  EXPECT_TRUE(std::signbit(*ParseDouble("-0")));
  EXPECT_EQ(ParseDouble("+1"), 1.0);
  EXPECT_EQ(ParseDouble("01"), 1.0);
  EXPECT_EQ(ParseDouble("1."), 1.0);
  EXPECT_EQ(ParseDouble("-.5"), -0.5);
  EXPECT_EQ(ParseDouble("1E+5"), 1e5);
  EXPECT_EQ(ParseDouble("0x10"), 16.0);
  EXPECT_EQ(ParseDouble("0X1P-3"), 0.125);
  EXPECT_EQ(ParseDouble(std::string(300, '0') + "1"), 1.0);
  for (const char* text : {"inf", "+inf", "INF", "Infinity", "+infinity"}) {
    EXPECT_EQ(ParseDouble(text), kInfinity) << text;
  }
  EXPECT_EQ(ParseDouble("-infinity"), -kInfinity);
}

TEST(ParseDouble, RefusesWhatIsNotWhollyANumber) {
  for (const char* text : {"", ".", " ", " 1", "1 ", "\t1", "1\n", "1e", "0x", "infin", "nan",
                           "NaN", "-nan", "nan(1)", "1,5", "1_0", "1d5", "0b1"}) {
    EXPECT_EQ(ParseDouble(text), std::nullopt) << text;
    EXPECT_EQ(ParseLongDouble(text), std::nullopt) << text;
  }
  EXPECT_EQ(ParseDouble({"1\0", 2}), std::nullopt);
}

TEST(ParseDouble, ReadsDenormalsButNotWhatOnlyZeroOrInfinityCouldHold) {
  EXPECT_EQ(ParseDouble("1e308"), 1e308);
  EXPECT_EQ(ParseDouble("1e309"), std::nullopt);
  EXPECT_EQ(ParseDouble("-1e309"), std::nullopt);
  EXPECT_EQ(ParseDouble("4.9e-324"), std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(ParseDouble("2e-324"), std::nullopt);
  EXPECT_EQ(ParseDouble("0e-400"), 0.0);
}

TEST(ParseLongDouble, HasALargerRange) {
  EXPECT_EQ(ParseLongDouble("0.1"), 0.1L);
  EXPECT_EQ(ParseLongDouble("1e400"), 1e400L);
  EXPECT_EQ(ParseLongDouble("1e4932"), 1e4932L);
  EXPECT_EQ(ParseLongDouble("1e5000"), std::nullopt);
  EXPECT_TRUE(ParseLongDouble("1e-4950"));
  EXPECT_EQ(ParseLongDouble("1e-4960"), std::nullopt);
}

TEST(ParseLongDouble, RefusesTextsOf5120Bytes) {
  EXPECT_TRUE(ParseLongDouble("0." + std::string(5117, '1')));
  EXPECT_FALSE(ParseLongDouble("0." + std::string(5118, '1')));
  EXPECT_TRUE(ParseDouble("0." + std::string(5118, '1')));
}

TEST(ParseScoreBound, ChecksLessThanParseDouble) {
  EXPECT_EQ(ParseScoreBound(""), 0.0);
  EXPECT_EQ(ParseScoreBound(" 1"), 1.0);
  EXPECT_EQ(ParseScoreBound({"1\0x", 3}), 1.0);
  EXPECT_EQ(ParseScoreBound("1e5000"), kInfinity);
  EXPECT_EQ(ParseScoreBound("1e-5000"), 0.0);
  for (const char* text : {"1 ", " ", "nan", "abc", "1e", "."}) {
    EXPECT_EQ(ParseScoreBound(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace modcert
