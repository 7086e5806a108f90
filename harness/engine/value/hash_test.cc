#include "engine/value/hash.h"

#include <gtest/gtest.h>

#include <vector>

namespace modcert::engine {
namespace {

TEST(Hash, SetsGetsAndRemoves) {
  const EncodingLimits limits;
  Hash hash(&limits);
  EXPECT_TRUE(hash.Set("f", "1"));
  EXPECT_FALSE(hash.Set("f", "2"));
  ASSERT_NE(hash.Get("f"), nullptr);
  EXPECT_EQ(*hash.Get("f"), "2");
  EXPECT_EQ(hash.Get("g"), nullptr);
  EXPECT_TRUE(hash.Remove("f"));
  EXPECT_FALSE(hash.Remove("f"));
  EXPECT_TRUE(hash.empty());
}

TEST(Hash, KeepsAChangedFieldInItsPlace) {
  const EncodingLimits limits;
  Hash hash(&limits);
  for (const char* field : {"a", "b", "c"}) hash.Set(field, "1");
  hash.Set("a", "2");
  hash.Remove("b");
  hash.Set("b", "3");
  std::string text;
  hash.ForEach([&](const std::string& f, const std::string& v) { text += f + "=" + v + " "; });
  EXPECT_EQ(text, "a=2 c=1 b=3 ");
}

TEST(Hash, LeavesTheListpackForALongFieldOrValue) {
  const EncodingLimits limits;
  const std::string longest(64, 'x');
  const std::string too_long(65, 'x');
  Hash hash(&limits);
  hash.Set(longest, longest);
  EXPECT_EQ(hash.encoding(), "listpack");
  hash.Set("f", too_long);
  EXPECT_EQ(hash.encoding(), "hashtable");
  hash.Remove("f");
  EXPECT_EQ(hash.encoding(), "hashtable");
  Hash other(&limits);
  other.Set(too_long, "v");
  EXPECT_EQ(other.encoding(), "hashtable");
}

TEST(Hash, LeavesTheListpackPastItsLimit) {
  EncodingLimits limits{.hash_max_listpack_entries = 2};
  Hash hash(&limits);
  hash.Set("a", "1");
  hash.Set("b", "1");
  EXPECT_EQ(hash.encoding(), "listpack");
  // A limit that was lowered meanwhile is noticed at the next write.
  limits.hash_max_listpack_entries = 1;
  hash.Set("a", "2");
  EXPECT_EQ(hash.encoding(), "hashtable");
}

TEST(Hash, ForgetsTheExpiryOfAFieldThatIsSet) {
  const EncodingLimits limits;
  Hash hash(&limits);
  hash.Set("a", "1");
  hash.SetExpiry("a", 500);
  hash.SetKeepingExpiry("a", "2");
  EXPECT_EQ(hash.ExpiryOf("a"), 500);
  hash.Set("a", "3");
  EXPECT_EQ(hash.ExpiryOf("a"), std::nullopt);
  EXPECT_EQ(hash.MinExpiry(), std::nullopt);
}

TEST(Hash, RemovesTheFieldsWhoseTimeHasPassed) {
  const EncodingLimits limits;
  Hash hash(&limits);
  for (const char* field : {"a", "b", "c", "d"}) hash.Set(field, field);
  hash.SetExpiry("b", 20);
  hash.SetExpiry("a", 30);
  hash.SetExpiry("c", 10);
  EXPECT_EQ(hash.MinExpiry(), 10);
  EXPECT_FALSE(hash.IsExpired("c", 10));
  EXPECT_TRUE(hash.IsExpired("c", 11));
  EXPECT_EQ(hash.RemoveExpired(30), (std::vector<std::string>{"c", "b"}));
  EXPECT_EQ(hash.size(), 2u);
  EXPECT_EQ(hash.MinExpiry(), 30);
}

TEST(Hash, ReadsABorrowedValueWhereItStands) {
  const EncodingLimits limits;
  Hash hash(&limits);
  hash.Set("a", "1");
  std::string bytes = "xyz";
  hash.Borrow("a", bytes);
  bytes[0] = 'X';
  EXPECT_EQ(*hash.Get("a"), "Xyz");
  EXPECT_EQ(hash.encoding(), "hashtable");
  Hash copy = hash;
  copy.OwnAll();
  bytes[1] = 'Y';
  EXPECT_EQ(*hash.Get("a"), "XYz");
  EXPECT_EQ(*copy.Get("a"), "Xyz");
  hash.Set("a", "own");
  EXPECT_FALSE(hash.Borrows("a"));
  EXPECT_EQ(*hash.Get("a"), "own");
}

}  // namespace
}  // namespace modcert::engine
