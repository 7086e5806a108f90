#include "engine/scripting/script_flags.h"

#include <gtest/gtest.h>

namespace modcert::engine::scripting {
namespace {

TEST(EvalSource, WithoutAFirstLineKeepsTheOldRules) {
  const auto parsed = ParseEvalSource("return 1");
  EXPECT_EQ(std::get<EvalSource>(parsed).flags, kCompatibility);
  EXPECT_EQ(std::get<EvalSource>(parsed).body, "return 1");
}

TEST(EvalSource, KeepsTheLineEndSoThatLineNumbersStay) {
  const auto parsed = ParseEvalSource("#!lua flags=no-writes,allow-oom\nreturn 1");
  EXPECT_EQ(std::get<EvalSource>(parsed).flags, kNoWrites | kAllowOom);
  EXPECT_EQ(std::get<EvalSource>(parsed).body, "\nreturn 1");
}

TEST(EvalSource, NamesAFlagThatIsNone) {
  const auto parsed = ParseEvalSource("#!lua flags=no-writes,nope\n");
  EXPECT_EQ(std::get<std::string>(parsed), "ERR Unexpected flag in script shebang: nope");
}

TEST(LibrarySource, NeedsAName) {
  EXPECT_EQ(std::get<std::string>(ParseLibrarySource("#!lua\nx")),
            "ERR Library name was not given");
  EXPECT_EQ(std::get<LibrarySource>(ParseLibrarySource("#!lua name=a_1\nx")).name, "a_1");
}

}  // namespace
}  // namespace modcert::engine::scripting
