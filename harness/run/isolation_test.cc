#include "run/isolation.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

namespace modcert::run {
namespace {

ChildReport RunWork(const std::function<std::string()>& work, const Limits& limits = {}) {
  auto isolation = Isolation::Create(limits);
  EXPECT_TRUE(isolation);
  auto report = isolation->Run(work);
  EXPECT_TRUE(report);
  return *std::move(report);
}

// The pointer is volatile: a compiler that sees the null would leave the write out.
[[gnu::noinline]] void WriteThroughNullPointer() {
  volatile int* volatile nowhere = nullptr;
  *nowhere = 1;
}

TEST(Isolation, BringsBackWhatTheWorkReturns) {
  const std::string payload = std::string(3 << 20, 'x') + '\0' + "\ndone\n";
  const ChildReport report = RunWork([&] { return payload; });
  EXPECT_EQ(report.end, End::kNormal);
  EXPECT_EQ(report.payload, payload);
}

TEST(Isolation, ACrashHasASymbolisedStack) {
  const ChildReport report = RunWork([] {
    WriteThroughNullPointer();
    return "";
  });
  EXPECT_EQ(report.end, End::kSignal);
  EXPECT_EQ(report.signal, SIGSEGV);
  ASSERT_FALSE(report.crash.stack.empty());
  EXPECT_NE(report.crash.stack[0].find("WriteThroughNullPointer"), std::string::npos)
      << report.crash.stack[0];
  EXPECT_EQ(report.Describe({}), "killed by SIGSEGV at address (nil)");
}

TEST(Isolation, AnAbortKeepsTheLastWords) {
  const ChildReport report = RunWork([]() -> std::string {
    printf("almost there\n");
    SetCrashNote([](int fd) { dprintf(fd, "OpenKey\nCloseKey\n"); });
    SetCrashInfo([](int fd) { dprintf(fd, "# section\nfield:1\n"); });
    abort();
  });
  EXPECT_EQ(report.end, End::kSignal);
  EXPECT_EQ(report.signal, SIGABRT);
  EXPECT_EQ(report.output, std::vector<std::string>{"almost there"});
  EXPECT_EQ(report.crash.last_calls, (std::vector<std::string>{"OpenKey", "CloseKey"}));
  EXPECT_EQ(report.crash.info, (std::vector<std::string>{"# section", "field:1"}));
}

TEST(Isolation, ExitIsNoEndOfTheWork) {
  const ChildReport report = RunWork([]() -> std::string { _exit(0); });
  EXPECT_EQ(report.end, End::kExit);
  EXPECT_EQ(report.Describe({}), "called exit(0)");
}

TEST(Isolation, TheWatchdogEndsAHangAndAsksWhereItWas) {
  const Limits limits{.timeout_ms = 50, .memory_bytes = 0};
  const ChildReport report = RunWork(
      []() -> std::string {
        while (true) pause();
      },
      limits);
  EXPECT_EQ(report.end, End::kHang);
  EXPECT_FALSE(report.crash.stack.empty());
  EXPECT_EQ(report.Describe(limits), "no end within 50 ms");
}

TEST(Isolation, ProcessesThatTheChildLeavesBehindAreKilled) {
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  RunWork([&] {
    if (fork() == 0) {
      while (true) pause();
    }
    return std::string();
  });
  close(fds[1]);
  // The write end is closed everywhere only when the grandchild is gone.
  char byte;
  EXPECT_EQ(read(fds[0], &byte, 1), 0);
  close(fds[0]);
}

TEST(Isolation, RunawayMemoryIsNamed) {
  const Limits limits{.timeout_ms = 20000, .memory_bytes = 64 << 20};
  const ChildReport report = RunWork(
      [] {
        std::vector<std::string> all;
        while (true) all.emplace_back(1 << 20, 'x');
        return std::string();
      },
      limits);
  EXPECT_EQ(report.end, End::kOutOfMemory);
  EXPECT_EQ(report.Describe(limits), "needed more than 64 MB of memory");
}

TEST(Isolation, AStackOverflowIsReportedToo) {
  const ChildReport report = RunWork([] {
    std::function<int(int)> down = [&](int depth) { return down(depth + 1) + depth; };
    return std::to_string(down(0));
  });
  EXPECT_EQ(report.end, End::kSignal);
  EXPECT_EQ(report.signal, SIGSEGV);
  EXPECT_FALSE(report.crash.stack.empty());
}

// Pages that are far from each other, and that nobody else writes.
TEST(Isolation, ChildrenThatGetTheirPagesAtOnceHaveMemoryOfTheirOwn) {
  auto isolation = Isolation::Create({});
  ASSERT_TRUE(isolation);
  std::vector<int> numbers(1 << 18);
  const auto add_one = [&] {
    std::string text;
    for (size_t i = 0; i < numbers.size(); i += 1 << 14) text += std::to_string(++numbers[i]);
    return text;
  };
  isolation->WatchPages();
  const std::string all_ones(16, '1');
  for (int i = 0; i < 4; ++i) EXPECT_EQ(isolation->Run(add_one)->payload, all_ones);
  EXPECT_EQ(numbers, std::vector<int>(numbers.size()));
}

TEST(Isolation, AChildThatDiesWhileItIsWatchedLeavesItToTheNext) {
  auto isolation = Isolation::Create({});
  ASSERT_TRUE(isolation);
  isolation->WatchPages();
  EXPECT_EQ(isolation->Run([]() -> std::string { _exit(3); })->exit_code, 3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(isolation->Run([] { return "x"; })->payload, "x");
}

TEST(Isolation, TheStepUnderWaySurvives) {
  auto isolation = Isolation::Create({});
  ASSERT_TRUE(isolation);
  const auto report = isolation->Run([&]() -> std::string {
    isolation->step() = 7;
    _exit(3);
  });
  EXPECT_EQ(report->exit_code, 3);
  EXPECT_EQ(isolation->step(), 7);
}

}  // namespace
}  // namespace modcert::run
