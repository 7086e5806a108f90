#include "base/split_args.h"

#include <gtest/gtest.h>

namespace modcert {
namespace {

using Args = std::vector<std::string>;

// All checked with redis-cli.
TEST(SplitArgs, SeparatesAtWhiteSpace) {
  EXPECT_EQ(SplitArgs(""), Args{});
  EXPECT_EQ(SplitArgs(" \t "), Args{});
  EXPECT_EQ(SplitArgs("SET k  v"), (Args{"SET", "k", "v"}));
  EXPECT_EQ(SplitArgs("\ta\vb\fc \t  d\r\n"), (Args{"a\vb\fc", "d"}));
}

TEST(SplitArgs, UnescapesInsideDoubleQuotes) {
  EXPECT_EQ(SplitArgs(R"("a b" "\x41\n\r\t\b\a\q\"\\" "")"), (Args{"a b", "A\n\r\t\b\aq\"\\", ""}));
  EXPECT_EQ(SplitArgs(R"("\xZZ" "\x4" "\x414")"), (Args{"xZZ", "x4", "A4"}));
  EXPECT_EQ(SplitArgs(R"("\x00")"), (Args{std::string(1, '\0')}));
}

TEST(SplitArgs, KnowsOnlyTheQuoteInsideSingleQuotes) {
  EXPECT_EQ(SplitArgs(R"('c d' '\x41\n\'x' '' 'a\\b' 'a"b' "a'b")"),
            (Args{"c d", R"(\x41\n'x)", "", R"(a\\b)", "a\"b", "a'b"}));
}

TEST(SplitArgs, LeavesBackslashesOutsideQuotesAlone) {
  EXPECT_EQ(SplitArgs(R"(\x41 a\nb x\)"), (Args{R"(\x41)", R"(a\nb)", R"(x\)"}));
}

TEST(SplitArgs, OpensQuotesInsideAnArgument) {
  EXPECT_EQ(SplitArgs(R"(a"b c" a'b c' d)"), (Args{"ab c", "ab c", "d"}));
}

TEST(SplitArgs, RefusesUnbalancedQuotes) {
  for (const char* line : {R"("abc)", R"('abc)", R"("abc"d)", R"('abc'd)", R"(a"b c"d)", R"("abc\)",
                           R"('abc\)", R"(")", R"("abc\")", R"('abc\')"}) {
    EXPECT_EQ(SplitArgs(line), std::nullopt) << line;
  }
}

TEST(SplitArgs, EndsTheLineAtANulByte) {
  EXPECT_EQ(SplitArgs({"a b\0c", 5}), (Args{"a", "b"}));
  EXPECT_EQ(SplitArgs({"\"a\0\"", 4}), std::nullopt);
}

}  // namespace
}  // namespace modcert
