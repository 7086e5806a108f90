#include "engine/commands/partial_sort.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "base/random.h"

namespace modcert::engine {
namespace {

TEST(PartialSort, TheFirstItemsAreInOrder) {
  Random random(1);
  for (int round = 0; round < 500; ++round) {
    std::vector<int> items(1 + random.Below(200));
    for (int& item : items) item = static_cast<int>(random.Below(1 + random.Below(100)));
    std::vector<int> sorted = items;
    std::sort(sorted.begin(), sorted.end());
    const size_t wanted = 1 + random.Below(items.size());
    PartialSort(std::span<int>(items), wanted, std::less<int>());
    sorted.resize(wanted);
    ASSERT_EQ(std::vector<int>(items.begin(), items.begin() + static_cast<ptrdiff_t>(wanted)),
              sorted);
  }
}

}  // namespace
}  // namespace modcert::engine
