#include "module/handle_table.h"

#include <vector>

#include <gtest/gtest.h>
#include "module/string_handle.h"

namespace modcert::module {
namespace {

struct Pools {
  HandleSlabs slabs;
  HandlePool<RedisModuleString> strings{slabs};
};

TEST(HandleTable, TellsLiveHandlesFromEndedAndForeignOnes) {
  Pools pools;
  RedisModuleString* live = pools.strings.New(nullptr, "live");
  RedisModuleString* ended = pools.strings.New(nullptr, "ended");
  pools.strings.End(ended);
  const RedisModuleString foreign{"foreign"};
  ASSERT_NE(pools.slabs.Find(live), nullptr);
  EXPECT_EQ(pools.slabs.Find(live)->state, HandleState::kLive);
  ASSERT_NE(pools.slabs.Find(ended), nullptr);
  EXPECT_EQ(pools.slabs.Find(ended)->state, HandleState::kEnded);
  EXPECT_EQ(pools.slabs.Find(&foreign), nullptr);
  EXPECT_EQ(pools.slabs.Find(reinterpret_cast<char*>(live) + 1), nullptr);
  EXPECT_EQ(pools.slabs.Find(nullptr), nullptr);
}

TEST(HandleTable, KeepsAnEndedHandleInQuarantine) {
  Pools pools;
  RedisModuleString* ended = pools.strings.New(nullptr, "x");
  pools.strings.End(ended);
  for (int i = 0; i < 100; ++i) {
    RedisModuleString* next = pools.strings.New(nullptr, "y");
    EXPECT_NE(next, ended);
    pools.strings.End(next);
  }
  EXPECT_EQ(pools.slabs.Find(ended)->state, HandleState::kEnded);
}

TEST(HandleTable, FindsHandlesInManySlabs) {
  Pools pools;
  std::vector<RedisModuleString*> handles;
  for (int i = 0; i < 100'000; ++i) handles.push_back(pools.strings.New(nullptr, "x"));
  for (RedisModuleString* handle : handles) ASSERT_NE(pools.slabs.Find(handle), nullptr);
  EXPECT_EQ(pools.strings.live_count(), handles.size());
}

TEST(HandleTable, UsesSlotsAgainWithANewGeneration) {
  Pools pools;
  RedisModuleString* first = pools.strings.New(nullptr, "x");
  const uint32_t generation = pools.slabs.Find(first)->generation;
  pools.strings.End(first);
  RedisModuleString* again = nullptr;
  for (int i = 0; i < 5000 && again != first; ++i) {
    again = pools.strings.New(nullptr, "y");
    pools.strings.End(again);
  }
  ASSERT_EQ(again, first);
  EXPECT_GT(pools.slabs.Find(first)->generation, generation);
}

}  // namespace
}  // namespace modcert::module
