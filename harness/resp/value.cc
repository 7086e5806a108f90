#include "resp/value.h"

#include <cmath>
#include <utility>

#include "base/double_to_text.h"

namespace modcert::resp {
namespace {

Value WithText(Type type, std::string_view text) {
  Value value;
  value.type = type;
  value.text = text;
  return value;
}

Value WithChildren(Type type, std::vector<Value> children) {
  Value value;
  value.type = type;
  value.children = std::move(children);
  return value;
}

}  // namespace

Value Value::Simple(std::string_view text) { return WithText(Type::kSimple, text); }

Value Value::Error(std::string_view text) { return WithText(Type::kError, text); }

Value Value::Integer(int64_t integer) {
  Value value;
  value.type = Type::kInteger;
  value.integer = integer;
  return value;
}

Value Value::Bulk(std::string_view bytes) { return WithText(Type::kBulk, bytes); }

Value Value::Null() { return Value(); }

Value Value::NullArray() {
  Value value;
  value.type = Type::kNullArray;
  return value;
}

Value Value::Array(std::vector<Value> children) {
  return WithChildren(Type::kArray, std::move(children));
}

Value Value::Map(std::vector<Value> keys_and_values) {
  return WithChildren(Type::kMap, std::move(keys_and_values));
}

Value Value::Set(std::vector<Value> children) {
  return WithChildren(Type::kSet, std::move(children));
}

Value Value::Push(std::vector<Value> children) {
  return WithChildren(Type::kPush, std::move(children));
}

Value Value::Double(double number) {
  Value value = WithText(Type::kDouble, DoubleText(number).view());
  value.number = number;
  return value;
}

Value Value::Bool(bool flag) {
  Value value;
  value.type = Type::kBool;
  value.integer = flag ? 1 : 0;
  return value;
}

Value Value::BigNumber(std::string_view digits) { return WithText(Type::kBigNumber, digits); }

Value Value::Verbatim(std::string_view format, std::string_view bytes) {
  Value value = WithText(Type::kVerbatim, bytes);
  value.format = format;
  return value;
}

bool Value::operator==(const Value& other) const {
  const bool same_number =
      number == other.number || (std::isnan(number) && std::isnan(other.number));
  return type == other.type && integer == other.integer && same_number && text == other.text &&
         format == other.format && children == other.children && attributes == other.attributes;
}

}  // namespace modcert::resp
