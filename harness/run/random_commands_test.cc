#include "run/random_commands.h"

#include <gtest/gtest.h>

#include <set>

namespace modcert::run {
namespace {

TEST(RandomCommands, TheSameSeedGivesTheSameSequence) {
  auto a = RandomCommands::Create(7, {});
  auto b = RandomCommands::Create(7, {});
  ASSERT_TRUE(a && b);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(a->Next().argv, b->Next().argv);
}

// Of each group by itself, so that none of its lines is left out by chance.
TEST(RandomCommands, EveryPlaceholderOfEveryGroupIsFilled) {
  for (const auto& group : kRandomGroups) {
    const bool subscribes = group().is_for_subscribers;
    std::vector<std::string> names = {std::string(group().name)};
    if (subscribes) names.push_back("keys");
    auto commands = RandomCommands::Create(1, names);
    ASSERT_TRUE(commands);
    for (int i = 0; i < 5000; ++i) {
      if (i % 500 == 0) commands->NewWorld();
      const RandomCommand command = subscribes ? commands->NextSubscription() : commands->Next();
      ASSERT_FALSE(command.argv.empty());
      for (const std::string& arg : command.argv) {
        const bool is_placeholder = arg.size() == 2 && arg[0] == '$';
        ASSERT_FALSE(is_placeholder) << group().name << ": " << arg;
      }
    }
  }
}

TEST(RandomCommands, NoTwoGroupsShareANameOrAKeyLetter) {
  std::set<std::string_view> names;
  std::set<char> letters = {'k', 'v', 'm', 'i', 'f', 'n'};
  for (const auto& group : kRandomGroups) {
    EXPECT_TRUE(names.insert(group().name).second) << group().name;
    const char letter = group().key_letter;
    if (letter != 0) {
      EXPECT_TRUE(letters.insert(letter).second) << letter;
    }
  }
}

TEST(RandomCommands, AnUnknownGroupIsAnErrorThatNamesTheKnownOnes) {
  const auto commands = RandomCommands::Create(1, {"nosuch"});
  ASSERT_FALSE(commands);
  EXPECT_NE(commands.error().ToString().find("sorted_sets"), std::string::npos);
}

}  // namespace
}  // namespace modcert::run
