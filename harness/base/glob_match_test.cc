#include "base/glob_match.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace modcert {
namespace {

constexpr const char* kTexts[] = {"",   "a",   "b", "c",  "-",   "]",  "[",   "^",   "\\",
                                  "ab", "aab", "*", "\?", "h",   "hx", "h^x", "h[",  "a\\",
                                  "A",  "d",   "e", "!",  "\\a", "a]", "b]",  "[a]", "B"};

// Which of kTexts match, as KEYS of Redis 7.0.15 answered for keys of these names.
struct Row {
  const char* pattern;
  std::vector<std::string> matches;
};
const Row kRows[] = {
    {"\?", {"a", "b", "c", "-", "]", "[", "^", "\\", "*", "\?", "h", "A", "d", "e", "!", "B"}},
    {"", {""}},
    {"a", {"a"}},
    {"[a-c]", {"a", "b", "c"}},
    {"[^a-c]", {"-", "]", "[", "^", "\\", "*", "\?", "h", "A", "d", "e", "!", "B"}},
    {"[c-a]", {"a", "b", "c"}},
    {"[a-", {"a", "-"}},
    {"[", {}},
    {"[]", {}},
    {"[^", {"a", "b", "c", "-", "]", "[", "^", "\\", "*", "\?", "h", "A", "d", "e", "!", "B"}},
    {"[^]", {"a", "b", "c", "-", "]", "[", "^", "\\", "*", "\?", "h", "A", "d", "e", "!", "B"}},
    {"[]a]", {}},
    {"[\\]]", {"]"}},
    {"[\\", {"\\"}},
    {"\\", {"\\"}},
    {"a\\", {"a\\"}},
    {"\\*", {"*"}},
    {"**", {"a",  "b",   "c",  "-",   "]", "[", "^", "\\", "ab",  "aab", "*",  "\?",  "h",
            "hx", "h^x", "h[", "a\\", "A", "d", "e", "!",  "\\a", "a]",  "b]", "[a]", "B"}},
    {"a**b", {"ab", "aab"}},
    {"[a\\-c]", {"a", "c", "-"}},
    {"[a-c", {"a", "b", "c"}},
    {"[^a", {"b", "c", "-", "]", "[", "^", "\\", "*", "\?", "h", "A", "d", "e", "!", "B"}},
    {"[abc", {"a", "b", "c"}},
    {"[-a]", {"a", "-"}},
    {"[a-]", {"a", "]", "^"}},
    {"h[", {}},
    {"h[^]x", {"h^x"}},
    {"[!a]", {"a", "!"}},
    {"[\\a-c]", {"a", "c", "-"}},
    {"[a-\\c]", {"a", "c", "]", "^", "\\"}},
    {"a*\\", {"a\\"}},
    {"*\\", {"\\", "a\\"}},
    {"[]]", {}},
    {"[^]]", {"a]", "b]"}},
    {"[a]b]", {}},
    {"[^\\]]", {"a", "b", "c", "-", "[", "^", "\\", "*", "\?", "h", "A", "d", "e", "!", "B"}},
    {"*[", {}},
    {"*a*", {"a", "ab", "aab", "a\\", "\\a", "a]", "[a]"}},
    {"\?*", {"a",  "b",   "c",  "-",   "]", "[", "^", "\\", "ab",  "aab", "*",  "\?",  "h",
             "hx", "h^x", "h[", "a\\", "A", "d", "e", "!",  "\\a", "a]",  "b]", "[a]", "B"}},
    {"[b-a-z]", {"a", "b", "-"}},
    {"[a-c-e]", {"a", "b", "c", "-", "e"}},
    {"\\[a]", {"[a]"}},
    {"\\\\", {"\\"}},
    {"[A-C]", {"A", "B"}},
    {"[a-C]", {"a", "]", "[", "^", "\\"}},
    {"*", {"a",  "b",   "c",  "-",   "]", "[", "^", "\\", "ab",  "aab", "*",  "\?",  "h",
           "hx", "h^x", "h[", "a\\", "A", "d", "e", "!",  "\\a", "a]",  "b]", "[a]", "B"}},
};

TEST(GlobMatch, AgreesWithTheRealServerOnEveryPairOfTheTable) {
  for (const Row& row : kRows) {
    for (const std::string text : kTexts) {
      const bool expected = std::ranges::find(row.matches, text) != row.matches.end();
      EXPECT_EQ(GlobMatch(row.pattern, text), expected) << row.pattern << " on " << text;
    }
  }
}

// Checked with CONFIG GET, which ignores case.
TEST(GlobMatch, FoldsCaseAsTheRealServerDoes) {
  const auto matches_port = [](std::string_view pattern) {
    return GlobMatch(pattern, "port", GlobCase::kInsensitive);
  };
  for (const char* pattern : {"PORT*", "P\\ORT*", "por[t-T]*", "po[z-A]t", "po[A-Z]t", "po[Q-s]t",
                              "[P]ort", "[\\p]ort"}) {
    EXPECT_TRUE(matches_port(pattern)) << pattern;
  }
  for (const char* pattern : {"[Z-a]ort*", "po[a-Z]t", "po[q-S]t", "[^P]ort", "[\\P]ort"}) {
    EXPECT_FALSE(matches_port(pattern)) << pattern;
  }
  EXPECT_FALSE(GlobMatch("PORT", "port"));
}

TEST(GlobMatch, MatchesNothingButTheEmptyPatternWithTheEmptyText) {
  EXPECT_TRUE(GlobMatch("", ""));
  EXPECT_FALSE(GlobMatch("*", ""));
}

TEST(GlobMatch, ReadsBytesOfAnyValue) {
  EXPECT_TRUE(GlobMatch({"a\0*", 3}, {"a\0b", 3}));
  EXPECT_FALSE(GlobMatch({"a\0b", 3}, {"a\0c", 3}));
  EXPECT_TRUE(GlobMatch("[\x80-\xff]", "\xe9"));
  EXPECT_FALSE(GlobMatch("[\x80-\xff]", "a"));
}

std::string Repeat(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

TEST(GlobMatch, GivesUpAboveOneThousandStars) {
  const std::string text(1100, 'a');
  EXPECT_TRUE(GlobMatch(Repeat("*a", 1000), text));
  EXPECT_FALSE(GlobMatch(Repeat("*a", 1001), text));
}

TEST(GlobMatch, AnswersEvenWhereTryingEverySplitWouldTakeForever) {
  const std::string text(500, 'a');
  EXPECT_FALSE(GlobMatch(Repeat("a*", 200) + "b", text));
  EXPECT_TRUE(GlobMatch(Repeat("a*", 200) + "a", text));
}

}  // namespace
}  // namespace modcert
