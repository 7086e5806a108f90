#include "run/workers.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <map>

namespace modcert::run {
namespace {

TEST(Workers, DoEveryPieceOnce) {
  std::map<int, std::string> results;
  const auto make_work = [](WorkerStart) -> Work {
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
  const auto make_work = [](WorkerStart) -> Work {
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

TEST(Workers, OneMayLeaveAPieceToANewOne) {
  std::map<int, std::string> results;
  const auto make_work = [](WorkerStart start) -> Work {
    EXPECT_EQ(start, WorkerStart::kPlanned);
    return [is_fresh = true](int index) mutable -> std::optional<std::string> {
      if (index % 3 == 0 && !is_fresh) return std::nullopt;
      is_fresh = false;
      return std::to_string(getpid());
    };
  };
  ASSERT_TRUE(RunInWorkers(9, 1, make_work, [&](int index, const Result<std::string>& result) {
    EXPECT_TRUE(results.emplace(index, *result).second);
  }));
  ASSERT_EQ(results.size(), 9u);
  for (const int index : {3, 6}) {
    EXPECT_EQ(results[index], results[index + 2]);
    EXPECT_NE(results[index], results[index - 1]);
  }
}

TEST(Workers, TheOneAfterALossKnowsIt) {
  std::map<int, std::string> results;
  const auto make_work = [](WorkerStart start) -> Work {
    return [start](int index) -> std::string {
      if (index == 1) _exit(9);
      return start == WorkerStart::kPlanned ? "planned" : "after a loss";
    };
  };
  ASSERT_TRUE(RunInWorkers(3, 1, make_work, [&](int index, const Result<std::string>& result) {
    results[index] = result ? *result : result.error().problem;
  }));
  EXPECT_EQ(results[0], "planned");
  EXPECT_EQ(results[1], "the process of this scenario was lost: exited with status 9");
  EXPECT_EQ(results[2], "after a loss");
}

TEST(Workers, OneThatCannotBeMadeIsNotMadeForEver) {
  const auto make_work = [](WorkerStart) -> Work { _exit(9); };
  EXPECT_FALSE(RunInWorkers(3, 1, make_work, [](int, const Result<std::string>&) {}));
}

}  // namespace
}  // namespace modcert::run
