#include "engine/value/string.h"

#include <gtest/gtest.h>

namespace modcert::engine {
namespace {

TEST(String, IsAnIntOnlyInTheCanonicalSpellingOfAnInt64) {
  EXPECT_EQ(String("0").encoding(), "int");
  EXPECT_EQ(String("-9223372036854775808").encoding(), "int");
  EXPECT_EQ(String("9223372036854775807").encoding(), "int");
  EXPECT_EQ(String("9223372036854775808").encoding(), "embstr");
  for (const char* text : {"", "+1", "01", "-0", "1 ", "1.0"})
    EXPECT_EQ(String(text).encoding(), "embstr") << text;
}

TEST(String, IsEmbeddedUpTo44Bytes) {
  EXPECT_EQ(String(std::string(44, 'a')).encoding(), "embstr");
  EXPECT_EQ(String(std::string(45, 'a')).encoding(), "raw");
}

TEST(String, IsRawOnceEdited) {
  String string("12");
  string.Edit() += "3";
  EXPECT_EQ(string.bytes(), "123");
  EXPECT_EQ(string.encoding(), "raw");
  string.Assign("123");
  EXPECT_EQ(string.encoding(), "int");
}

TEST(String, IsNoIntWhenAssignedAsText) {
  String string;
  string.AssignText("3");
  EXPECT_EQ(string.encoding(), "embstr");
  string.AssignText(std::string(45, '1'));
  EXPECT_EQ(string.encoding(), "raw");
}

}  // namespace
}  // namespace modcert::engine
