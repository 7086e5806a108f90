#include "engine/scripting/fiber.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace modcert::engine::scripting {
namespace {

TEST(Fiber, RunsItsBodyToTheEndAtOnceWhenItNeverSuspends) {
  Fiber fiber;
  int runs = 0;
  fiber.Start([&] { ++runs; });
  fiber.Start([&] { ++runs; });
  EXPECT_EQ(runs, 2);
  EXPECT_FALSE(fiber.running());
  EXPECT_FALSE(fiber.suspended());
}

TEST(Fiber, GoesOnWhereItSuspendedItself) {
  Fiber fiber;
  std::vector<int> steps;
  fiber.Start([&] {
    steps.push_back(1);
    fiber.Suspend();
    steps.push_back(3);
  });
  EXPECT_TRUE(fiber.suspended());
  steps.push_back(2);
  fiber.Resume();
  EXPECT_EQ(steps, (std::vector<int>{1, 2, 3}));
  EXPECT_FALSE(fiber.suspended());
}

TEST(Fiber, LetsAnExceptionPassInsideOfItsBody) {
  Fiber fiber;
  bool caught = false;
  fiber.Start([&] {
    try {
      fiber.Suspend();
      throw std::runtime_error("x");  // what Lua compiled as C++ does for each error
    } catch (const std::runtime_error&) {
      caught = true;
    }
  });
  fiber.Resume();
  EXPECT_TRUE(caught);
}

}  // namespace
}  // namespace modcert::engine::scripting
