#include "run/random_commands.h"

#include <gtest/gtest.h>

namespace modcert::run {
namespace {

TEST(RandomCommands, TheSameSeedGivesTheSameSequence) {
  RandomCommands a(7);
  RandomCommands b(7);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(a.Next().argv, b.Next().argv);
}

TEST(RandomCommands, EveryPlaceholderAndGroupIsFilled) {
  RandomCommands commands(1);
  for (int i = 0; i < 20000; ++i) {
    const RandomCommand command = commands.Next();
    ASSERT_FALSE(command.argv.empty());
    for (const std::string& arg : command.argv) {
      ASSERT_EQ(arg.find_first_of("${}|"), std::string::npos) << arg;
    }
  }
}

}  // namespace
}  // namespace modcert::run
