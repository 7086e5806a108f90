#include "engine/commands/facts/command_facts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

namespace modcert::engine {
namespace {

size_t Count(std::span<const CommandFacts> commands) {
  size_t count = commands.size();
  for (const CommandFacts& command : commands) count += Count(command.subcommands);
  return count;
}

std::string_view NameOf(uint64_t bit, std::span<const std::string_view> names) {
  return names[static_cast<size_t>(std::countr_zero(bit))];
}

TEST(CommandFacts, HoldsEveryCommandAndSubcommandOfTheServer) {
  EXPECT_EQ(AllCommandFacts().size(), 240u);
  EXPECT_EQ(Count(AllCommandFacts()), 366u);
}

TEST(CommandFacts, AreOrderedByName) {
  EXPECT_TRUE(std::ranges::is_sorted(AllCommandFacts(), {}, &CommandFacts::name));
  for (const CommandFacts& command : AllCommandFacts()) {
    EXPECT_TRUE(std::ranges::is_sorted(command.subcommands, {}, &CommandFacts::name));
  }
}

TEST(CommandFacts, AreFoundInAnyCase) {
  ASSERT_NE(FindCommandFacts("GeT"), nullptr);
  EXPECT_EQ(FindCommandFacts("GeT")->name, "get");
  ASSERT_NE(FindCommandFacts("CONFIG|GET"), nullptr);
  EXPECT_EQ(FindCommandFacts("CONFIG|GET")->arity, -3);
  for (const CommandFacts& command : AllCommandFacts()) {
    EXPECT_EQ(FindCommandFacts(command.name), &command);
  }
}

TEST(CommandFacts, AreNullForWhatDoesNotExist) {
  for (std::string_view name : {"", "ge", "gett", "config|", "config|gett", "get|x", "|"}) {
    EXPECT_EQ(FindCommandFacts(name), nullptr) << name;
  }
}

TEST(CommandFacts, NameTheBitsOfTheHeader) {
  EXPECT_EQ(NameOf(kCommandWrite, CommandFlagNames()), "write");
  EXPECT_EQ(NameOf(kCommandBlocking, CommandFlagNames()), "blocking");
  EXPECT_EQ(NameOf(kCommandFast, CommandFlagNames()), "fast");
  EXPECT_EQ(NameOf(kCommandAllowBusy, CommandFlagNames()), "allow_busy");
  EXPECT_EQ(NameOf(kCategoryKeyspace, CategoryNames()), "keyspace");
  EXPECT_EQ(NameOf(kCategoryScripting, CategoryNames()), "scripting");
  EXPECT_EQ(NameOf(kKeyRO, KeyFlagNames()), "RO");
  EXPECT_EQ(NameOf(kKeyVariableFlags, KeyFlagNames()), "variable_flags");
  EXPECT_EQ(NameOf(kArgumentMultipleToken, ArgumentFlagNames()), "multiple_token");
  EXPECT_EQ(NameOf(kDocSystemCommand, DocFlagNames()), "syscmd");
}

TEST(CommandFacts, TellWhereTheKeysOfSetAndEvalStand) {
  const CommandFacts& set = *FindCommandFacts("set");
  EXPECT_EQ(set.arity, -3);
  EXPECT_EQ(set.flags, kCommandWrite | kCommandDenyOom);
  EXPECT_EQ(set.categories, kCategoryWrite | kCategoryString | kCategorySlow);
  ASSERT_EQ(set.key_specs.size(), 1u);
  EXPECT_EQ(set.key_specs[0].index, 1);
  EXPECT_EQ(set.key_specs[0].flags, kKeyRW | kKeyAccess | kKeyUpdate | kKeyVariableFlags);
  const KeySpec& eval = FindCommandFacts("eval")->key_specs[0];
  EXPECT_EQ(eval.find_keys, KeySpec::FindKeys::kKeyNum);
  EXPECT_EQ(eval.first_key, 1);
  const KeySpec& migrate = FindCommandFacts("migrate")->key_specs[1];
  EXPECT_EQ(migrate.keyword, "KEYS");
  EXPECT_EQ(migrate.start_from, -2);
  EXPECT_EQ(migrate.last_key, -1);
}

TEST(CommandFacts, KeepTheArgumentTree) {
  const CommandFacts& set = *FindCommandFacts("set");
  ASSERT_EQ(set.arguments.size(), 5u);
  EXPECT_EQ(set.arguments[0].key_spec_index, 0);
  EXPECT_EQ(set.arguments[1].key_spec_index, -1);
  EXPECT_EQ(set.arguments[2].type, "oneof");
  EXPECT_EQ(set.arguments[2].flags, kArgumentOptional);
  ASSERT_EQ(set.arguments[4].arguments.size(), 5u);
  EXPECT_EQ(set.arguments[4].arguments[3].token, "PXAT");
  EXPECT_EQ(set.arguments[4].arguments[3].since, "6.2.0");
}

}  // namespace
}  // namespace modcert::engine
