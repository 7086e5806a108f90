#include "base/edit_distance.h"

#include <gtest/gtest.h>

namespace modcert {
namespace {

TEST(EditDistance, CountsInsertionsRemovalsAndReplacements) {
  EXPECT_EQ(EditDistance("", ""), 0u);
  EXPECT_EQ(EditDistance("send", ""), 4u);
  EXPECT_EQ(EditDistance("", "send"), 4u);
  EXPECT_EQ(EditDistance("send", "send"), 0u);
  EXPECT_EQ(EditDistance("sned", "send"), 1u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
}

TEST(ClosestWord, SuggestsTheNearestWordAndNothingFarAway) {
  const std::vector<std::string_view> words = {"expect", "send", "sender", "receive"};
  EXPECT_EQ(ClosestWord("sen", words), "send");
  EXPECT_EQ(ClosestWord("expct", words), "expect");
  EXPECT_EQ(ClosestWord("recieve", words), "receive");
  EXPECT_EQ(ClosestWord("advance_ms", words), std::nullopt);
  EXPECT_EQ(ClosestWord("", words), std::nullopt);
}

TEST(ClosestWord, TakesTheFirstOfEquallyNearWords) {
  const std::vector<std::string> words = {"abd", "abe"};
  EXPECT_EQ(ClosestWord("abc", words), "abd");
}

}  // namespace
}  // namespace modcert
