#include "resp/value.h"

#include <gtest/gtest.h>

#include <cmath>

namespace modcert::resp {
namespace {

TEST(Value, IsNullByDefault) { EXPECT_EQ(Value(), Value::Null()); }

TEST(Value, ComparesTypeAndContent) {
  EXPECT_EQ(Value::Bulk("a"), Value::Bulk("a"));
  EXPECT_NE(Value::Bulk("a"), Value::Simple("a"));
  EXPECT_NE(Value::Bulk("a"), Value::Bulk("b"));
  EXPECT_NE(Value::Integer(1), Value::Bool(true));
  EXPECT_NE(Value::Null(), Value::NullArray());
  EXPECT_NE(Value::Verbatim("txt", "a"), Value::Verbatim("mkd", "a"));
  EXPECT_NE(Value::Array({Value::Integer(1)}), Value::Array());
  EXPECT_NE(Value::Array({Value::Integer(1)}), Value::Set({Value::Integer(1)}));
}

TEST(Value, TreatsNanAsEqualToNan) {
  EXPECT_EQ(Value::Double(std::nan("")), Value::Double(std::nan("")));
  EXPECT_NE(Value::Double(std::nan("")), Value::Double(0));
}

TEST(Value, ComparesAttributes) {
  Value with = Value::Integer(1);
  with.attributes = {Value::Bulk("ttl"), Value::Integer(5)};
  EXPECT_NE(with, Value::Integer(1));
}

TEST(Value, KeepsTheTextOfADouble) {
  EXPECT_EQ(Value::Double(0.1).text, "0.10000000000000001");
  EXPECT_EQ(Value::Double(0.1).number, 0.1);
}

}  // namespace
}  // namespace modcert::resp
