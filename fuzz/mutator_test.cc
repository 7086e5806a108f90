#include "mutator.h"

#include <gtest/gtest.h>

#include <set>

namespace modcert::fuzz {
namespace {

using Kind = Item::Kind;

std::vector<Item> OneOfEach() {
  return {{Kind::kSigned, static_cast<uint64_t>(-3), ""},
          {Kind::kUnsigned, ~0ULL, ""},
          {Kind::kFloat, 0x3fc00000, ""},
          {Kind::kDouble, 0x7ff0000000000000, ""},
          {Kind::kString, 0, std::string("a\0b", 3)},
          {Kind::kEof, 0, ""}};
}

TEST(ItemStream, DecodesWhatItEncoded) {
  EXPECT_EQ(DecodeItems(EncodeItems(OneOfEach())), OneOfEach());
}

TEST(ItemStream, TakesAnyBytesForAStream) {
  Random random(1);
  for (int round = 0; round < 1000; ++round) {
    std::string bytes(random.Below(40), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.Next());
    const std::vector<Item> items = DecodeItems(bytes);
    EXPECT_EQ(DecodeItems(EncodeItems(items)), items);
  }
}

TEST(ItemStream, CutsAStringThatIsLongerThanItsBytes) {
  EXPECT_EQ(DecodeItems("\x04\x7f"
                        "ab"),
            (std::vector<Item>{{Kind::kString, 0, "ab"}}));
}

TEST(MutateItems, KeepsStreamsDecodable) {
  Random random(2);
  std::vector<Item> items = OneOfEach();
  for (int round = 0; round < 5000; ++round) {
    MutateItems(items, random);
    ASSERT_EQ(DecodeItems(EncodeItems(items)), items) << "round " << round;
    if (items.size() > 50) items = OneOfEach();
  }
}

TEST(MutateItems, GivesTheSameChangesForTheSameSeed) {
  std::vector<Item> a = OneOfEach();
  std::vector<Item> b = OneOfEach();
  Random random_a(3);
  Random random_b(3);
  for (int round = 0; round < 100; ++round) MutateItems(a, random_a);
  for (int round = 0; round < 100; ++round) MutateItems(b, random_b);
  EXPECT_EQ(a, b);
}

TEST(MutateItems, ReachesManyDifferentStreamsFromOne) {
  std::set<std::string> seen;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    std::vector<Item> items = OneOfEach();
    Random random(seed);
    MutateItems(items, random);
    seen.insert(EncodeItems(items));
  }
  EXPECT_GT(seen.size(), 100u);
}

TEST(CrossItems, TakesAHeadAndATail) {
  const std::vector<Item> ones(3, Item{Kind::kUnsigned, 1, ""});
  const std::vector<Item> twos(3, Item{Kind::kUnsigned, 2, ""});
  Random random(4);
  for (int round = 0; round < 50; ++round) {
    const std::vector<Item> crossed = CrossItems(ones, twos, random);
    EXPECT_TRUE(std::is_sorted(crossed.begin(), crossed.end(),
                               [](const Item& a, const Item& b) { return a.number < b.number; }));
    EXPECT_LE(crossed.size(), 6u);
  }
}

TEST(EncodeItemsWithin, DropsItemsFromTheEnd) {
  const std::vector<Item> items = {{Kind::kString, 0, "abc"}, {Kind::kString, 0, "def"}};
  EXPECT_EQ(EncodeItemsWithin(items, 10), EncodeItems(items));
  EXPECT_EQ(EncodeItemsWithin(items, 9), EncodeItems({items[0]}));
  EXPECT_EQ(EncodeItemsWithin(items, 0), "");
}

}  // namespace
}  // namespace modcert::fuzz
