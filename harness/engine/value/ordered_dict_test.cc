#include "engine/value/ordered_dict.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace modcert::engine {
namespace {

std::string KeysOf(const OrderedDict<int>& dict) {
  std::string keys;
  dict.ForEach([&](const std::string& key, int) { keys += key + " "; });
  return keys;
}

TEST(OrderedDict, RemembersTheOrderOfInsertion) {
  OrderedDict<int> dict;
  for (const char* key : {"c", "a", "b"}) EXPECT_TRUE(dict.Insert(key, 1).second);
  EXPECT_FALSE(dict.Insert("a", 2).second);
  EXPECT_EQ(*dict.Find("a"), 1);
  EXPECT_FALSE(dict.Set("a", 3));
  EXPECT_EQ(*dict.Find("a"), 3);
  EXPECT_EQ(KeysOf(dict), "c a b ");
  EXPECT_TRUE(dict.Erase("c"));
  EXPECT_TRUE(dict.Set("c", 4));
  EXPECT_EQ(KeysOf(dict), "a b c ");
}

TEST(OrderedDict, AgreesWithAMapUnderRandomEdits) {
  Random random(3);
  OrderedDict<int> dict;
  std::map<std::string, int> model;
  for (int i = 0; i < 20000; ++i) {
    const std::string key = std::to_string(random.Below(500));
    if (random.Below(10) < (i / 4000 % 2 ? 8u : 3u)) {
      ASSERT_EQ(dict.Erase(key), model.erase(key) == 1);
    } else {
      ASSERT_EQ(dict.Set(key, i), !model.contains(key));
      model[key] = i;
    }
    ASSERT_EQ(dict.size(), model.size());
  }
  std::map<std::string, int> content;
  dict.ForEach([&](const std::string& key, int value) { content[key] = value; });
  EXPECT_EQ(content, model);
  for (const auto& [key, value] : model) EXPECT_EQ(*dict.Find(key), value);
}

TEST(OrderedDict, ScansWhatStaysExactlyOnceWhileOthersComeAndGo) {
  Random random(4);
  OrderedDict<int> dict;
  for (int i = 0; i < 1000; ++i) dict.Insert("k" + std::to_string(i), i);
  std::map<std::string, int> seen;
  uint64_t cursor = 0;
  do {
    cursor = dict.Scan(cursor, 10, [&](const std::string& key, int) { ++seen[key]; });
    for (int i = 0; i < 15; ++i) {
      dict.Erase("k" + std::to_string(10 * random.Below(100)));
      dict.Insert("new" + std::to_string(random.Below(500)), 0);
    }
  } while (cursor != 0);
  for (int i = 0; i < 1000; ++i) {
    if (i % 10 == 0) continue;
    EXPECT_EQ(seen["k" + std::to_string(i)], 1);
  }
}

TEST(OrderedDict, DrawsEveryEntrySometimeAndOnlyLiveOnes) {
  OrderedDict<int> dict;
  Random random(5);
  EXPECT_EQ(dict.RandomEntry(random), nullptr);
  for (int i = 0; i < 1000; ++i) dict.Insert(std::to_string(i), i);
  for (int i = 0; i < 995; ++i) dict.Erase(std::to_string(i));
  std::map<std::string, int> drawn;
  for (int i = 0; i < 500; ++i) ++drawn[dict.RandomEntry(random)->key];
  EXPECT_EQ(drawn.size(), 5u);
  EXPECT_EQ(drawn.count("994"), 0u);
}

TEST(OrderedDict, ErasesAKeyNamedByItsOwnBytes) {
  OrderedDict<int> dict;
  Random random(6);
  for (int i = 0; i < 100; ++i) dict.Insert(std::to_string(i), i);
  while (!dict.empty()) ASSERT_TRUE(dict.Erase(dict.RandomEntry(random)->key));
  EXPECT_EQ(dict.Find("1"), nullptr);
  EXPECT_TRUE(dict.Insert("1", 1).second);
}

}  // namespace
}  // namespace modcert::engine
