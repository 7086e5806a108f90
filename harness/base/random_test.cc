#include "base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace modcert {
namespace {

TEST(Random, GivesThePublishedSplitMix64Numbers) {
  Random random(1234567);
  EXPECT_EQ(random.Next(), 6457827717110365317u);
  EXPECT_EQ(random.Next(), 3203168211198807973u);
  EXPECT_EQ(random.Next(), 9817491932198370423u);
}

TEST(Random, StaysBelowTheBoundAndReachesEveryNumber) {
  Random random(7);
  std::array<int, 5> seen{};
  for (int i = 0; i < 1000; ++i) ++seen.at(random.Below(5));
  for (const int count : seen) EXPECT_GT(count, 100);
  EXPECT_EQ(random.Below(1), 0u);
}

TEST(Random, DrawsFromTheWholeIntegerRange) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  Random random(7);
  bool negative = false;
  bool positive = false;
  for (int i = 0; i < 100; ++i) {
    const int64_t number = random.Between(kMin, kMax);
    (number < 0 ? negative : positive) = true;
  }
  EXPECT_TRUE(negative && positive);
  EXPECT_EQ(random.Between(kMax, kMax), kMax);
  for (int i = 0; i < 100; ++i) {
    const int64_t number = random.Between(-2, 2);
    EXPECT_TRUE(number >= -2 && number <= 2);
  }
}

TEST(Random, FractionsLieInTheHalfOpenUnitInterval) {
  Random random(7);
  for (int i = 0; i < 1000; ++i) {
    const double fraction = random.Fraction();
    EXPECT_TRUE(fraction >= 0 && fraction < 1);
  }
}

}  // namespace
}  // namespace modcert
