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

}  // namespace
}  // namespace modcert::engine
