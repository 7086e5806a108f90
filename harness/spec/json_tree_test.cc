#include "spec/json_tree.h"

#include <gtest/gtest.h>

namespace modcert::spec {
namespace {

TEST(JsonTree, RemembersWhereEverythingStood) {
  const auto root = ParseJson("{\n  \"a\": [1, \"x\"]\n}", "f.json");
  ASSERT_TRUE(root);
  const JsonNode* list = root->Find("a");
  ASSERT_NE(list, nullptr);
  EXPECT_EQ(root->keys[0].column, 3);
  EXPECT_EQ(list->line, 2);
  EXPECT_EQ(list->column, 8);
  EXPECT_EQ(list->elements[1].column, 12);
  EXPECT_EQ(list->begin, 9u);
  EXPECT_EQ(list->end, 17u);
}

TEST(JsonTree, KeepsNumbersAsTheyAreWritten) {
  const auto root = ParseJson("[1.50, -0, 1e3, 123456789012345678901234567890]", "f.json");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->elements[0].text, "1.50");
  EXPECT_FALSE(root->elements[0].is_integer());
  EXPECT_TRUE(root->elements[1].is_integer());
  EXPECT_FALSE(root->elements[2].is_integer());
  EXPECT_EQ(root->elements[3].text, "123456789012345678901234567890");
}

TEST(JsonTree, DecodesEscapes) {
  const auto root = ParseJson(R"(["\"\\\/\n\u0041\u00e9\ud83d\ude00\u0000"])", "f.json");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->elements[0].text, std::string("\"\\/\nA\xc3\xa9\xf0\x9f\x98\x80\0", 12));
}

TEST(JsonTree, RefusesWhatIsNoJson) {
  for (const char* text : {"", "[1,]", "[01]", "[1 2]", "{\"a\" 1}", "[tru]", "\"\x01\"", "[1]x",
                           "[1.]", "[1e]", "\"\\x\"", "\"\\u12g4\"", "\"", "[-]", "{1: 2}"}) {
    EXPECT_FALSE(ParseJson(text, "f.json")) << text;
  }
}

TEST(JsonTree, RefusesEndlessNesting) {
  EXPECT_FALSE(ParseJson(std::string(100000, '['), "f.json"));
  EXPECT_TRUE(ParseJson(std::string(100, '[') + std::string(100, ']'), "f.json"));
}

}  // namespace
}  // namespace modcert::spec
