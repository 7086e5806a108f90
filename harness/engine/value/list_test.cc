#include "engine/value/list.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"

namespace modcert::engine {
namespace {

std::vector<std::string> ItemsOf(const List& list) {
  std::vector<std::string> items;
  for (size_t i = 0; i < list.size(); ++i) items.push_back(list.at(i));
  return items;
}

TEST(List, PushesAndPopsAtBothEnds) {
  List list;
  list.Push(List::End::kTail, "b");
  list.Push(List::End::kHead, "a");
  list.Push(List::End::kTail, "c");
  EXPECT_EQ(ItemsOf(list), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(list.Pop(List::End::kHead), "a");
  EXPECT_EQ(list.Pop(List::End::kTail), "c");
  EXPECT_EQ(list.size(), 1u);
  EXPECT_EQ(list.encoding(), "quicklist");
}

TEST(List, AgreesWithAVectorUnderRandomEdits) {
  Random random(1);
  List list;
  std::vector<std::string> model;
  for (int i = 0; i < 3000; ++i) {
    const std::string item = std::to_string(i);
    const size_t index = random.Below(model.size() + 1);
    const auto place = model.begin() + static_cast<ptrdiff_t>(index);
    if (random.OneIn(2)) {
      list.InsertAt(index, item);
      model.insert(place, item);
    } else if (index < model.size()) {
      if (random.OneIn(2)) {
        list.EraseAt(index);
        model.erase(place);
      } else {
        list.SetAt(index, item);
        *place = item;
      }
    }
    ASSERT_EQ(ItemsOf(list), model);
  }
}

TEST(List, TrimKeepsTheMiddle) {
  List list;
  for (const char* item : {"a", "b", "c", "d", "e"}) list.Push(List::End::kTail, item);
  list.Trim(1, 3);
  EXPECT_EQ(ItemsOf(list), (std::vector<std::string>{"b", "c", "d"}));
  list.Trim(3, 0);
  EXPECT_TRUE(list.empty());
}

}  // namespace
}  // namespace modcert::engine
