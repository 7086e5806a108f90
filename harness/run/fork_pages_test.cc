#include "run/fork_pages.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "run/isolation.h"

namespace modcert::run {
namespace {

// All of it changes the memory map of a process, so each test has one of its own.
std::string InChild(const std::function<std::string()>& work) {
  auto isolation = Isolation::Create({});
  EXPECT_TRUE(isolation);
  const auto report = isolation->Run(work);
  EXPECT_EQ(report->end, End::kNormal) << report->Describe({});
  return report->payload;
}

std::string NumbersAsText(const std::vector<int>& numbers) {
  std::string text;
  for (size_t i = 0; i < numbers.size(); i += 1000) text += std::to_string(numbers[i]) + ' ';
  return text;
}

TEST(ForkPages, MemorySetAsideIsReadWrittenAndForgottenAsBefore) {
  std::vector<int> numbers(1 << 18);
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<int>(i);
  numbers[5000] = -1;
  const std::string expected = NumbersAsText(numbers);
  numbers[5000] = 5000;
  EXPECT_EQ(InChild([&] {
              SetMemoryAside();
              NumbersAsText(numbers);
              numbers[5000] = -1;
              ForgetPagesOnlyRead();
              return NumbersAsText(numbers);
            }),
            expected);
}

TEST(ForkPages, ABlockThatWasSetAsideGrows) {
  constexpr size_t kSize = size_t{1} << 20;
  EXPECT_EQ(InChild([&]() -> std::string {
              auto* block = static_cast<char*>(std::malloc(kSize));
              std::memset(block, 'x', kSize);
              SetMemoryAside();
              block = static_cast<char*>(std::realloc(block, 8 * kSize));
              std::memset(block + kSize, 'y', 7 * kSize);
              const bool is_kept = block[0] == 'x' && block[kSize - 1] == 'x';
              std::free(block);
              return is_kept ? "kept" : "lost";
            }),
            "kept");
}

TEST(ForkPages, CodeRunsOnWhereItHasMoved) {
  EXPECT_EQ(InChild([] {
              MoveCodeToLargePages();
              KeepPagesForChildren([] { std::to_string(1); });
              return std::string("here");
            }),
            "here");
}

}  // namespace
}  // namespace modcert::run
