#include "spec/api_program.h"

#include <gtest/gtest.h>

namespace modcert::spec {
namespace {

std::string ProblemOf(std::string_view source) {
  const auto node = ParseJson(source, "f.json");
  EXPECT_TRUE(node) << source;
  const auto problem = FindProblem(*node);
  return problem ? problem->problem : "";
}

TEST(ApiProgram, MayNameEveryFunctionOfEveryReleaseAndThoseOfTheProbe) {
  EXPECT_EQ(ProblemOf("[]"), "");
  EXPECT_EQ(ProblemOf(R"([["OpenKey"], ["k=CloseKey", "$k"], ["a, b = DictNextC"]])"), "");
  EXPECT_EQ(ProblemOf(R"([["errno"], ["HashSetStringRef"], ["SetKeyMeta"]])"), "");
}

TEST(ApiProgram, IsWrongAtAnyDepth) {
  EXPECT_NE(ProblemOf("{}"), "");
  EXPECT_NE(ProblemOf("[[]]"), "");
  EXPECT_NE(ProblemOf(R"(["OpenKey"])"), "");
  EXPECT_NE(ProblemOf(R"([["openkey"]])"), "");
  EXPECT_NE(ProblemOf(R"([["k = "]])"), "");
  EXPECT_NE(ProblemOf(R"([["thread", [["X"]]]])"), "");
  EXPECT_NE(ProblemOf(R"([["CreateTimer", 1, {"$call": "t", "do": [["X"]]}]])"), "");
  EXPECT_NE(ProblemOf(R"([["CreateDataType", "n", 0, {"free": {"$call": "f", "do": [["X"]]}}]])"),
            "");
  // A list of texts is an argument.
  EXPECT_EQ(ProblemOf(R"([["StreamAdd", "$k", 0, null, ["X", "y"]]])"), "");
}

TEST(ApiProgram, IsWrittenInOneLineWithItsNumbersAsTheyWere) {
  constexpr std::string_view kProgram =
      R"([["a",1.50,-0,true,null,{"$call":"\u0000\u001f\"\\é"},[],{}]])";
  const auto node = ParseJson(kProgram, "f.json");
  ASSERT_TRUE(node);
  EXPECT_EQ(ToJson(*node), kProgram);
}

}  // namespace
}  // namespace modcert::spec
