#include "spec/matcher.h"

#include <gtest/gtest.h>

#include "resp/encode.h"
#include "spec/matcher_reader.h"

namespace modcert::spec {
namespace {

using resp::Value;

Matcher Compile(const std::string& json) {
  std::vector<std::string> captures;
  const auto node = ParseJson(json, "f.json");
  auto matcher = MatcherReader("f.json", captures).ReadTop(*node);
  EXPECT_TRUE(matcher) << json << ": " << matcher.error().ToString();
  return *std::move(matcher);
}

bool Matches(const std::string& json, const Value& value) {
  Captures captures(1);
  return Match(Compile(json), value, captures);
}

std::string Why(const std::string& json, const Value& value) {
  Captures captures(1);
  return Explain(Compile(json), value, captures);
}

TEST(Matcher, APlainStringIsAnyKindOfString) {
  EXPECT_TRUE(Matches("\"x\"", Value::Bulk("x")));
  EXPECT_TRUE(Matches("\"x\"", Value::Simple("x")));
  EXPECT_TRUE(Matches("\"x\"", Value::Verbatim("txt", "x")));
  EXPECT_FALSE(Matches("\"x\"", Value::Error("x")));
  EXPECT_FALSE(Matches("\"1\"", Value::Integer(1)));
}

// A matcher in a scenario that has captured `value` as `name`.
bool MatchesWith(const std::string& name, const std::string& value, const std::string& json,
                 const Value& reply) {
  std::vector<std::string> names = {name};
  auto matcher = MatcherReader("f.json", names).ReadTop(*ParseJson(json, "f.json"));
  EXPECT_TRUE(matcher) << json << ": " << matcher.error().ToString();
  EXPECT_FALSE(IsLiteral(*matcher));
  Captures captures = {value};
  const bool matches = Match(*matcher, reply, captures);
  EXPECT_TRUE(matcher->encodings.empty());
  return matches;
}

TEST(Matcher, ATextMayNameWhatWasCaptured) {
  EXPECT_TRUE(MatchesWith("port.a", "7001", R"({"$error": "MOVED 1 127.0.0.1:${port.a}"})",
                          Value::Error("MOVED 1 127.0.0.1:7001")));
  EXPECT_FALSE(MatchesWith("port.a", "7001", R"({"$error": "MOVED 1 127.0.0.1:${port.a}"})",
                           Value::Error("MOVED 1 127.0.0.1:7002")));
  EXPECT_TRUE(MatchesWith("x", "1", R"("${x}-${x}")", Value::Bulk("1-1")));
  EXPECT_TRUE(MatchesWith("x", "1", R"("$${x}-${x}")", Value::Bulk("${x}-1")));
  // In a regular expression it stands for itself.
  EXPECT_TRUE(MatchesWith("x", "a.c", R"({"$regex": "^${x}$"})", Value::Bulk("a.c")));
  EXPECT_FALSE(MatchesWith("x", "a.c", R"({"$regex": "^${x}$"})", Value::Bulk("abc")));
}

TEST(Matcher, AnUnknownNameInATextIsText) {
  EXPECT_TRUE(Matches(R"("${x}")", Value::Bulk("${x}")));
  EXPECT_TRUE(Matches(R"("a${")", Value::Bulk("a${")));
}

TEST(Matcher, APlainNumberIsAnIntegerOrWithAFractionADouble) {
  EXPECT_TRUE(Matches("1", Value::Integer(1)));
  EXPECT_FALSE(Matches("1", Value::Double(1)));
  EXPECT_FALSE(Matches("1", Value::Bulk("1")));
  EXPECT_TRUE(Matches("1.0", Value::Double(1)));
  EXPECT_FALSE(Matches("1.5", Value::Bulk("1.5")));
  EXPECT_FALSE(Matches("1", Value::Bool(true)));
}

TEST(Matcher, NullIsAnyNull) {
  EXPECT_TRUE(Matches("null", Value::Null()));
  EXPECT_TRUE(Matches("null", Value::NullArray()));
  EXPECT_FALSE(Matches("null", Value::Array()));
}

TEST(Matcher, AListIsAnArrayOrAPushButNoSet) {
  EXPECT_TRUE(Matches("[1]", Value::Array({Value::Integer(1)})));
  EXPECT_TRUE(Matches("[1]", Value::Push({Value::Integer(1)})));
  EXPECT_FALSE(Matches("[1]", Value::Set({Value::Integer(1)})));
  EXPECT_FALSE(Matches("[]", Value::Map()));
}

TEST(Matcher, ALooseMatcherNeverTakesTheElementOfAStrictOne) {
  const Value list = Value::Array({Value::Bulk("a"), Value::Bulk("b"), Value::Bulk("c")});
  EXPECT_TRUE(Matches(R"({"$unordered": [{"$any": true}, {"$regex": "[ab]"}, "a"]})", list));
  EXPECT_FALSE(Matches(R"({"$unordered": [{"$regex": "[ab]"}, {"$regex": "[ab]"}, "a"]})", list));
}

TEST(Matcher, AMapIsAlsoTheFlatArrayOfResp2) {
  const std::vector<Value> flat = {Value::Bulk("a"), Value::Integer(1), Value::Bulk("b"),
                                   Value::Integer(2)};
  EXPECT_TRUE(Matches(R"({"$map": {"b": 2, "a": 1}})", Value::Map(flat)));
  EXPECT_TRUE(Matches(R"({"$map": [["b", 2], ["a", 1]]})", Value::Array(flat)));
  EXPECT_FALSE(Matches(R"({"$map": {"a": 1}})", Value::Map(flat)));
}

TEST(Matcher, NothingIsCapturedFromAnAggregate) {
  EXPECT_TRUE(Matches(R"({"$capture": "x"})", Value::Integer(1)));
  EXPECT_FALSE(Matches(R"({"$capture": "x"})", Value::Array()));
  EXPECT_FALSE(Matches(R"({"$capture": "x"})", Value::Null()));
}

TEST(Matcher, TheFastPathAgreesWithTheSlowOne) {
  const Matcher text = Compile("\"x\"");
  EXPECT_TRUE(MatchesEncoding(text, "$1\r\nx\r\n"));
  EXPECT_TRUE(MatchesEncoding(text, "+x\r\n"));
  EXPECT_FALSE(MatchesEncoding(text, "-x\r\n"));
  const Matcher list = Compile("[1, null, [\"a\"]]");
  EXPECT_TRUE(MatchesEncoding(list, "*3\r\n:1\r\n$-1\r\n*1\r\n$1\r\na\r\n"));
  EXPECT_FALSE(MatchesEncoding(list, "*3\r\n:1\r\n$-1\r\n*1\r\n$1\r\nb\r\n"));
  EXPECT_TRUE(Compile(R"({"$any": true})").encodings.empty());
  EXPECT_TRUE(Compile(R"([1, {"$any": true}])").encodings.empty());
}

TEST(Matcher, AMismatchNamesItsPath) {
  const Value value =
      Value::Array({Value::Integer(1), Value::Map({Value::Bulk("name"), Value::Integer(3)})});
  EXPECT_EQ(Why(R"([1, {"$map": {"name": "x"}}])", value),
            R"(at [1].name: expected "x", got (integer) 3)");
  EXPECT_EQ(Why("[1]", value),
            R"(expected 1 elements, got 2: [(integer) 1, {"name": (integer) 3}])");
  EXPECT_EQ(Why("7", Value::Null()), "expected (integer) 7, got (nil)");
}

TEST(Matcher, LongTextsAreShownWhereTheyPart) {
  const std::string expected(500, 'a');
  std::string got = expected;
  got[300] = 'b';
  const std::string why = Why("\"" + expected + "\"", Value::Bulk(got));
  EXPECT_NE(why.find("they part at byte 300"), std::string::npos) << why;
  EXPECT_LT(why.size(), 300u);
}

TEST(Matcher, OnlyPlainJsonIsLiteral) {
  EXPECT_TRUE(IsLiteral(Compile(R"([1, "a", null, {"$simple": "OK"}])")));
  EXPECT_FALSE(IsLiteral(Compile(R"([1, [{"$any": true}]])")));
}

}  // namespace
}  // namespace modcert::spec
