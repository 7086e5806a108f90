#include "resp/print.h"

#include <gtest/gtest.h>

namespace modcert::resp {
namespace {

using V = Value;

// The texts are what `redis-cli --no-raw`, with -3 where RESP3 types occur, printed for these
// replies of Redis 7.0.15.
TEST(Print, ShowsTheSimpleTypes) {
  EXPECT_EQ(Print(V::Simple("fine")), "fine\n");
  EXPECT_EQ(Print(V::Error("ERR bad")), "(error) ERR bad\n");
  EXPECT_EQ(Print(V::Integer(12345)), "(integer) 12345\n");
  EXPECT_EQ(Print(V::Bulk("a\n\"\x01")), "\"a\\n\\\"\\x01\"\n");
  EXPECT_EQ(Print(V::Null()), "(nil)\n");
  EXPECT_EQ(Print(V::NullArray()), "(nil)\n");
  EXPECT_EQ(Print(V::Bool(true)), "(true)\n");
  EXPECT_EQ(Print(V::Bool(false)), "(false)\n");
  EXPECT_EQ(Print(V::Verbatim("txt", "This is a verbatim\nstring")),
            "This is a verbatim\nstring\n");
}

TEST(Print, ShowsADoubleAsItWasSent) {
  V value = V::Double(3.141);
  value.text = "3.141";
  EXPECT_EQ(Print(value), "(double) 3.141\n");
}

TEST(Print, NamesEmptyAggregates) {
  EXPECT_EQ(Print(V::Array()), "(empty array)\n");
  EXPECT_EQ(Print(V::Map()), "(empty hash)\n");
  EXPECT_EQ(Print(V::Set()), "(empty set)\n");
}

TEST(Print, IndentsNestedAggregates) {
  const V value =
      V::Array({V::Integer(1),
                V::Array({V::Integer(2), V::Integer(3), V::Array({V::Integer(4), V::Bulk("x")})}),
                V::Array(), V::Map(), V::Bool(false), V::Double(1.5)});
  EXPECT_EQ(Print(value),
            "1) (integer) 1\n"
            "2) 1) (integer) 2\n"
            "   2) (integer) 3\n"
            "   3) 1) (integer) 4\n"
            "      2) \"x\"\n"
            "3) (empty array)\n"
            "4) (empty hash)\n"
            "5) (false)\n"
            "6) (double) 1.5\n");
}

TEST(Print, AlignsNumbersOfTwoDigits) {
  std::vector<V> children;
  for (int i = 1; i <= 9; ++i) children.push_back(V::Integer(i));
  children.push_back(V::Array({V::Integer(10), V::Integer(11)}));
  children.push_back(V::Map({V::Bulk("k"), V::Array({V::Integer(1), V::Integer(2)})}));
  EXPECT_EQ(Print(V::Array(children)),
            " 1) (integer) 1\n"
            " 2) (integer) 2\n"
            " 3) (integer) 3\n"
            " 4) (integer) 4\n"
            " 5) (integer) 5\n"
            " 6) (integer) 6\n"
            " 7) (integer) 7\n"
            " 8) (integer) 8\n"
            " 9) (integer) 9\n"
            "10) 1) (integer) 10\n"
            "    2) (integer) 11\n"
            "11) 1# \"k\" => \n"
            "       1) (integer) 1\n"
            "       2) (integer) 2\n");
}

TEST(Print, ShowsMapsAndSets) {
  EXPECT_EQ(Print(V::Map({V::Integer(0), V::Bool(false), V::Integer(1), V::Bool(true)})),
            "1# (integer) 0 => (false)\n"
            "2# (integer) 1 => (true)\n");
  EXPECT_EQ(Print(V::Set({V::Array({V::Integer(1), V::Integer(2)})})),
            "1~ 1) (integer) 1\n"
            "   2) (integer) 2\n");
}

V Pair(V key, V value) { return V::Map({std::move(key), std::move(value)}); }

TEST(Print, PutsTheValueOfAPairOnLinesOfItsOwnOnlyWhenItHasSeveral) {
  const V two = V::Array({V::Integer(1), V::Integer(2)});
  const V a = V::Bulk("a");
  EXPECT_EQ(Print(Pair(a, V::Array())), "1# \"a\" => (empty array)\n");
  EXPECT_EQ(Print(Pair(a, Pair(V::Bulk("b"), V::Integer(1)))),
            "1# \"a\" => 1# \"b\" => (integer) 1\n");
  EXPECT_EQ(Print(Pair(a, two)),
            "1# \"a\" => \n"
            "   1) (integer) 1\n"
            "   2) (integer) 2\n");
  EXPECT_EQ(Print(Pair(a, V::Array({two}))),
            "1# \"a\" => \n"
            "   1) 1) (integer) 1\n"
            "      2) (integer) 2\n");
  EXPECT_EQ(Print(Pair(a, Pair(V::Bulk("b"), two))),
            "1# \"a\" => \n"
            "   1# \"b\" => \n"
            "      1) (integer) 1\n"
            "      2) (integer) 2\n");
  EXPECT_EQ(Print(Pair(a, V::Verbatim("txt", "l1\nl2"))), "1# \"a\" => l1\nl2\n");
}

TEST(Print, LetsAKeySpanLines) {
  const V two = V::Array({V::Integer(1), V::Integer(2)});
  EXPECT_EQ(Print(Pair(two, V::Bulk("v"))),
            "1# 1) (integer) 1\n"
            "   2) (integer) 2 => \"v\"\n");
  EXPECT_EQ(Print(Pair(V::Bulk("a"), Pair(two, V::Integer(3)))),
            "1# \"a\" => 1# 1) (integer) 1\n"
            "      2) (integer) 2 => (integer) 3\n");
}

// Below is what redis-cli 7.0 cannot show; the format is ours.
TEST(Print, ShowsAttributesInFrontOfTheirValue) {
  V value = V::Bulk("v");
  value.attributes = {V::Simple("ttl"), V::Integer(3600)};
  EXPECT_EQ(Print(value), "1| ttl => (integer) 3600\n\"v\"\n");
  EXPECT_EQ(Print(V::Array({value})), "1) 1| ttl => (integer) 3600\n   \"v\"\n");
}

TEST(Print, ShowsBigNumbersAndPushes) {
  EXPECT_EQ(Print(V::BigNumber("123")), "(big number) 123\n");
  EXPECT_EQ(Print(V::Push({V::Bulk("message")})), "1> \"message\"\n");
}

}  // namespace
}  // namespace modcert::resp
