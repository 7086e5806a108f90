#include "run/workers.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <map>

namespace modcert::run {
namespace {

TEST(Workers, DoEveryPieceOnce) {
  std::map<int, std::string> results;
  const auto make_work = [] {
    return [](int index) { return std::string(static_cast<size_t>(index) * 1000, 'x'); };
  };
  ASSERT_TRUE(RunInWorkers(100, 4, make_work, [&](int index, const Result<std::string>& result) {
    EXPECT_TRUE(results.emplace(index, *result).second);
  }));
  ASSERT_EQ(results.size(), 100u);
  for (const auto& [index, result] : results) {
    EXPECT_EQ(result.size(), static_cast<size_t>(index) * 1000);
  }
}

TEST(Workers, OneThatDiesLosesItsOwnPieceOnly) {
  int done_count = 0;
  std::vector<int> lost;
  const auto make_work = [] {
    return [](int index) -> std::string {
      if (index % 5 == 0) _exit(9);
      return "x";
    };
  };
  ASSERT_TRUE(RunInWorkers(20, 2, make_work, [&](int index, const Result<std::string>& result) {
    if (result) {
      ++done_count;
    } else {
      lost.push_back(index);
    }
  }));
  std::sort(lost.begin(), lost.end());
  EXPECT_EQ(lost, (std::vector<int>{0, 5, 10, 15}));
  EXPECT_EQ(done_count, 16);
}

}  // namespace
}  // namespace modcert::run
