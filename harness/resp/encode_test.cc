#include "resp/encode.h"

#include <gtest/gtest.h>

#include <limits>

namespace modcert::resp {
namespace {

std::string Encoded(const Value& value, Protocol protocol) {
  std::string out;
  Encode(value, protocol, out);
  return out;
}

struct Row {
  Value value;
  const char* resp2;
  const char* resp3;
};

// The left column of answers is what RESP2 makes of each type, the right one RESP3.
const Row kRows[] = {
    {Value::Simple("OK"), "+OK\r\n", "+OK\r\n"},
    {Value::Error("ERR no"), "-ERR no\r\n", "-ERR no\r\n"},
    {Value::Error("ERR a\r\nb"), "-ERR a  b\r\n", "!8\r\nERR a\r\nb\r\n"},
    {Value::Simple("a\nb"), "+a b\r\n", "+a b\r\n"},
    {Value::Integer(0), ":0\r\n", ":0\r\n"},
    {Value::Integer(std::numeric_limits<int64_t>::min()), ":-9223372036854775808\r\n",
     ":-9223372036854775808\r\n"},
    {Value::Bulk("a\r\nb"), "$4\r\na\r\nb\r\n", "$4\r\na\r\nb\r\n"},
    {Value::Bulk(""), "$0\r\n\r\n", "$0\r\n\r\n"},
    {Value::Null(), "$-1\r\n", "_\r\n"},
    {Value::NullArray(), "*-1\r\n", "_\r\n"},
    {Value::Array(), "*0\r\n", "*0\r\n"},
    {Value::Array({Value::Integer(1), Value::Null()}), "*2\r\n:1\r\n$-1\r\n", "*2\r\n:1\r\n_\r\n"},
    {Value::Double(0.1), "$19\r\n0.10000000000000001\r\n", ",0.10000000000000001\r\n"},
    {Value::Double(1.5), "$3\r\n1.5\r\n", ",1.5\r\n"},
    {Value::Double(-std::numeric_limits<double>::infinity()), "$4\r\n-inf\r\n", ",-inf\r\n"},
    {Value::Bool(true), ":1\r\n", "#t\r\n"},
    {Value::Bool(false), ":0\r\n", "#f\r\n"},
    {Value::BigNumber("-12345678901234567890"), "$21\r\n-12345678901234567890\r\n",
     "(-12345678901234567890\r\n"},
    {Value::Verbatim("txt", "a\nb"), "$3\r\na\nb\r\n", "=7\r\ntxt:a\nb\r\n"},
    {Value::Map({Value::Bulk("k"), Value::Bool(true)}), "*2\r\n$1\r\nk\r\n:1\r\n",
     "%1\r\n$1\r\nk\r\n#t\r\n"},
    {Value::Set({Value::Integer(1), Value::Integer(2)}), "*2\r\n:1\r\n:2\r\n",
     "~2\r\n:1\r\n:2\r\n"},
    {Value::Push({Value::Bulk("message")}), "*1\r\n$7\r\nmessage\r\n", ">1\r\n$7\r\nmessage\r\n"},
    {Value::Array({Value::Map({Value::Integer(1), Value::Set()})}), "*1\r\n*2\r\n:1\r\n*0\r\n",
     "*1\r\n%1\r\n:1\r\n~0\r\n"},
};

TEST(Encode, WritesEveryTypeInBothProtocols) {
  for (const Row& row : kRows) {
    EXPECT_EQ(Encoded(row.value, Protocol::kResp2), row.resp2);
    EXPECT_EQ(Encoded(row.value, Protocol::kResp3), row.resp3);
  }
}

TEST(Encode, SendsAttributesInResp3Only) {
  Value value = Value::Bulk("v");
  value.attributes = {Value::Simple("ttl"), Value::Integer(3600)};
  EXPECT_EQ(Encoded(value, Protocol::kResp2), "$1\r\nv\r\n");
  EXPECT_EQ(Encoded(value, Protocol::kResp3), "|1\r\n+ttl\r\n:3600\r\n$1\r\nv\r\n");
}

TEST(Encode, KeepsTheTextOfADoubleThatCameFromTheWire) {
  Value value = Value::Double(1.5);
  value.text = "1.50";
  EXPECT_EQ(Encoded(value, Protocol::kResp3), ",1.50\r\n");
  value.text.clear();
  EXPECT_EQ(Encoded(value, Protocol::kResp3), ",1.5\r\n");
}

TEST(Encode, AppendsAndLeavesWhatWasThere) {
  std::string out = "+before\r\n";
  Encode(Value::Integer(1), Protocol::kResp2, out);
  EXPECT_EQ(out, "+before\r\n:1\r\n");
}

TEST(Append, WritesTextAsItIs) {
  std::string out;
  AppendSimple("a\r\n+b", out);
  AppendError("ERR x", out);
  EXPECT_EQ(out, "+a\r\n+b\r\n-ERR x\r\n");
}

TEST(Append, CountsPairsOfAMap) {
  std::string out;
  AppendMapHeader(3, Protocol::kResp2, out);
  AppendMapHeader(3, Protocol::kResp3, out);
  EXPECT_EQ(out, "*6\r\n%3\r\n");
}

}  // namespace
}  // namespace modcert::resp
