#include "engine/value/zset.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <tuple>
#include <vector>

#include "base/random.h"

namespace modcert::engine {
namespace {

using Items = std::vector<ZSet::Item>;

Items ItemsOf(const ZSet& zset) {
  Items items;
  zset.ForEach(0, zset.size(), [&](const ZSet::Item& item) { items.push_back(item); });
  return items;
}

TEST(ZSet, OrdersByScoreThenBytes) {
  const EncodingLimits limits;
  ZSet zset(&limits);
  EXPECT_TRUE(zset.Set("b", 1));
  EXPECT_TRUE(zset.Set("\xff", 1));
  EXPECT_TRUE(zset.Set("a", 2));
  EXPECT_TRUE(zset.Set("c", -std::numeric_limits<double>::infinity()));
  EXPECT_TRUE(zset.Set("ba", 1));
  EXPECT_EQ(ItemsOf(zset), (Items{{"c", -INFINITY}, {"b", 1}, {"ba", 1}, {"\xff", 1}, {"a", 2}}));
  EXPECT_EQ(zset.Rank("a"), 4u);
  EXPECT_EQ(zset.Rank("x"), std::nullopt);
  EXPECT_EQ(zset.At(1), (ZSet::Item{"b", 1}));
}

TEST(ZSet, AgreesWithASortedVectorUnderRandomEdits) {
  const EncodingLimits limits;
  Random random(2);
  ZSet zset(&limits);
  Items model;
  for (int i = 0; i < 2000; ++i) {
    const ZSet::Item item{std::to_string(random.Below(60)), double(random.Below(10))};
    const auto same = [&](const ZSet::Item& other) { return other.member == item.member; };
    const auto erased = std::erase_if(model, same);
    if (random.OneIn(3)) {
      EXPECT_EQ(zset.Remove(item.member), erased == 1);
    } else {
      EXPECT_EQ(zset.Set(item.member, item.score), erased == 0);
      model.push_back(item);
    }
    std::sort(model.begin(), model.end(), [](const ZSet::Item& a, const ZSet::Item& b) {
      return std::tie(a.score, a.member) < std::tie(b.score, b.member);
    });
    ASSERT_EQ(ItemsOf(zset), model);
    for (size_t rank = 0; rank < model.size(); ++rank) {
      ASSERT_EQ(zset.Rank(model[rank].member), rank);
      ASSERT_EQ(zset.Score(model[rank].member), model[rank].score);
    }
  }
}

TEST(ZSet, FindsScoreRanges) {
  const EncodingLimits limits;
  ZSet zset(&limits);
  for (const double score : {1, 2, 2, 3}) zset.Set("m" + std::to_string(zset.size()), score);
  EXPECT_EQ(zset.FirstRank(ScoreBound{2}), 1u);
  EXPECT_EQ(zset.FirstRank(ScoreBound{2, true}), 3u);
  EXPECT_EQ(zset.EndRank(ScoreBound{2}), 3u);
  EXPECT_EQ(zset.EndRank(ScoreBound{2, true}), 1u);
  EXPECT_EQ(zset.FirstRank(ScoreBound{-INFINITY}), 0u);
  EXPECT_EQ(zset.EndRank(ScoreBound{INFINITY}), 4u);
  EXPECT_EQ(zset.FirstRank(ScoreBound{9}), 4u);
}

TEST(ZSet, FindsMemberRanges) {
  using Kind = LexBound::Kind;
  const EncodingLimits limits;
  ZSet zset(&limits);
  for (const char* member : {"a", "b", "c"}) zset.Set(member, 0);
  EXPECT_EQ(zset.FirstRank(LexBound{Kind::kMember, "b"}), 1u);
  EXPECT_EQ(zset.FirstRank(LexBound{Kind::kMember, "b", true}), 2u);
  EXPECT_EQ(zset.EndRank(LexBound{Kind::kMember, "b"}), 2u);
  EXPECT_EQ(zset.EndRank(LexBound{Kind::kMember, "b", true}), 1u);
  EXPECT_EQ(zset.FirstRank(LexBound{Kind::kMinusInfinity}), 0u);
  EXPECT_EQ(zset.EndRank(LexBound{Kind::kPlusInfinity}), 3u);
  EXPECT_EQ(zset.FirstRank(LexBound{Kind::kPlusInfinity}), 3u);
  EXPECT_EQ(zset.EndRank(LexBound{Kind::kMinusInfinity}), 0u);
}

TEST(ZSet, KeepsTheSignOfAZeroThatIsAddedAgain) {
  const EncodingLimits limits;
  ZSet zset(&limits);
  zset.ConvertToSkipList();
  zset.Set("a", -0.0);
  EXPECT_FALSE(zset.Set("a", 0.0));
  EXPECT_TRUE(std::signbit(*zset.Score("a")));
}

TEST(ZSet, HasNoNegativeZeroInAListpack) {
  const EncodingLimits limits;
  ZSet zset(&limits);
  zset.Set("a", -0.0);
  zset.Set("b", 1);
  zset.Set("b", -0.0);
  zset.ConvertToSkipList();
  EXPECT_FALSE(std::signbit(*zset.Score("a")));
  EXPECT_FALSE(std::signbit(*zset.Score("b")));
}

TEST(ZSet, ReturnsToAListpackWhenItIsSmall) {
  const EncodingLimits limits{.zset_max_listpack_entries = 2};
  ZSet zset(&limits);
  zset.ConvertToSkipList();
  zset.Set("a", -0.0);
  zset.Set(std::string(65, 'x'), 1);
  zset.ConvertToListpackIfSmall();
  EXPECT_EQ(zset.encoding(), "skiplist");
  zset.Remove(std::string(65, 'x'));
  zset.Set("b", 1);
  zset.Set("c", 1);
  zset.ConvertToListpackIfSmall();
  EXPECT_EQ(zset.encoding(), "skiplist");
  zset.Remove("c");
  zset.ConvertToListpackIfSmall();
  EXPECT_EQ(zset.encoding(), "listpack");
  EXPECT_FALSE(std::signbit(*zset.Score("a")));
  EXPECT_EQ(zset.Rank("b"), 1u);
}

TEST(ZSet, LeavesTheListpackPastItsLimits) {
  EncodingLimits limits{.zset_max_listpack_entries = 2};
  ZSet zset(&limits);
  zset.Set("a", 1);
  zset.Set("b", 1);
  zset.Set("b", 2);
  EXPECT_EQ(zset.encoding(), "listpack");
  zset.Set("c", 1);
  EXPECT_EQ(zset.encoding(), "skiplist");
  zset.Remove("c");
  EXPECT_EQ(zset.encoding(), "skiplist");

  ZSet with_long_member(&limits);
  with_long_member.Set(std::string(64, 'x'), 1);
  EXPECT_EQ(with_long_member.encoding(), "listpack");
  with_long_member.Set(std::string(65, 'x'), 1);
  EXPECT_EQ(with_long_member.encoding(), "skiplist");
}

TEST(ZSet, IsCopiedWhole) {
  const EncodingLimits limits;
  ZSet zset(&limits);
  zset.Set("a", 1);
  ZSet copy = zset;
  zset.Set("a", 2);
  zset.Set("b", 1);
  EXPECT_EQ(ItemsOf(copy), (Items{{"a", 1}}));
  EXPECT_EQ(copy.Score("a"), 1);
  EXPECT_TRUE(copy.Remove(copy.At(0).member));  // a member may be named by its own bytes
  EXPECT_TRUE(copy.empty());
}

TEST(ZSet, ScansEveryItemThatStaysOnce) {
  const EncodingLimits limits;
  ZSet zset(&limits);
  for (int i = 0; i < 300; ++i) zset.Set(std::to_string(i), i);
  std::multiset<std::string> seen;
  uint64_t cursor = 0;
  do {
    cursor = zset.Scan(cursor, 7, [&](const ZSet::Item& item) { seen.insert(item.member); });
    if (!seen.empty() && *seen.begin() != "0") zset.Remove(*seen.begin());
    zset.Set("new" + std::to_string(seen.size() % 50), 1);
    zset.Set("150", static_cast<double>(seen.size()));
  } while (cursor != 0);
  EXPECT_EQ(seen.count("150"), 1u);
  EXPECT_EQ(seen.count("299"), 1u);
  for (int i = 0; i < 300; ++i) EXPECT_LE(seen.count(std::to_string(i)), 1u);
}

}  // namespace
}  // namespace modcert::engine
