#include "engine/value/set.h"

#include <gtest/gtest.h>

#include <set>

namespace modcert::engine {
namespace {

using Strings = std::vector<std::string>;

TEST(Set, KeepsIntegersInAscendingOrder) {
  const EncodingLimits limits;
  Set set(&limits);
  EXPECT_TRUE(set.Add("3"));
  EXPECT_TRUE(set.Add("-20"));
  EXPECT_TRUE(set.Add("100"));
  EXPECT_FALSE(set.Add("3"));
  EXPECT_EQ(set.Members(), (Strings{"-20", "3", "100"}));
  EXPECT_EQ(set.encoding(), "intset");
  EXPECT_TRUE(set.Contains("100"));
  EXPECT_FALSE(set.Contains("x"));
  EXPECT_FALSE(set.Remove("x"));
  EXPECT_TRUE(set.Remove("3"));
  EXPECT_EQ(set.size(), 2u);
}

TEST(Set, BecomesAHashTableWithItsFirstWord) {
  const EncodingLimits limits;
  Set set(&limits);
  set.Add("1");
  EXPECT_TRUE(set.Add("01"));
  EXPECT_EQ(set.encoding(), "hashtable");
  EXPECT_EQ(set.Members(), (Strings{"1", "01"}));
  // One-way: it stays so when the word has gone.
  EXPECT_TRUE(set.Remove("01"));
  EXPECT_EQ(set.encoding(), "hashtable");
}

TEST(Set, BecomesAHashTablePastItsLimit) {
  const EncodingLimits limits{.set_max_intset_entries = 2};
  Set set(&limits);
  set.Add("1");
  set.Add("2");
  EXPECT_FALSE(set.Add("2"));
  EXPECT_EQ(set.encoding(), "intset");
  set.Add("3");
  EXPECT_EQ(set.encoding(), "hashtable");
  EXPECT_EQ(set.size(), 3u);
}

TEST(Set, RemembersTheWidthItsIntegersOnceNeeded) {
  const EncodingLimits limits;
  Set set(&limits);
  set.Add("1");
  EXPECT_EQ(set.integer_width(), 2);
  set.Add("32768");
  EXPECT_EQ(set.integer_width(), 4);
  set.Add("-2147483649");
  set.Remove("-2147483649");
  EXPECT_EQ(set.integer_width(), 8);
}

TEST(Set, DrawsEveryMemberSometime) {
  const EncodingLimits limits;
  for (const bool words : {false, true}) {
    Set set(&limits);
    if (words) set.ConvertToHashTable();
    for (int i = 0; i < 5; ++i) set.Add(std::to_string(i));
    Random random(1);
    std::set<std::string> drawn;
    for (int i = 0; i < 200; ++i) drawn.insert(set.RandomMember(random));
    EXPECT_EQ(drawn.size(), 5u);
  }
}

TEST(Set, ScansAnIntsetInOneGo) {
  const EncodingLimits limits;
  Set set(&limits);
  for (int i = 0; i < 5; ++i) set.Add(std::to_string(i));
  Strings seen;
  const auto visit = [&](std::string_view member) { seen.emplace_back(member); };
  EXPECT_EQ(set.Scan(0, 2, visit), 0u);
  EXPECT_EQ(seen.size(), 5u);

  set.ConvertToHashTable();
  seen.clear();
  const uint64_t cursor = set.Scan(0, 2, visit);
  EXPECT_EQ(seen, (Strings{"0", "1"}));
  EXPECT_EQ(set.Scan(cursor, 10, visit), 0u);
  EXPECT_EQ(seen, (Strings{"0", "1", "2", "3", "4"}));
}

}  // namespace
}  // namespace modcert::engine
