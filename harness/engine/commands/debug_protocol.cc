#include "engine/commands/debug_protocol.h"

#include "engine/commands/option_word.h"

namespace modcert::engine {
namespace {

using resp::Value;

Value Numbers(Value aggregate) {
  for (int64_t i = 0; i < 3; ++i) aggregate.children.push_back(Value::Integer(i));
  return aggregate;
}

Value ExampleMap() {
  return Value::Map({Value::Integer(0), Value::Bool(false), Value::Integer(1), Value::Bool(true),
                     Value::Integer(2), Value::Bool(false)});
}

Value ExampleWithAttribute() {
  Value value = Value::Bulk("Some real reply following the attribute");
  value.attributes = {Value::Bulk("key-popularity"),
                      Value::Array({Value::Bulk("key:123"), Value::Integer(90)})};
  return value;
}

// A message and then a reply: only RESP3 can tell them apart.
Reply ExamplePush(CommandCall& call) {
  if (!call.client.resp3()) return Reply::Error("ERR RESP2 is not supported by this command");
  call.client.Send(Value::Push({Value::Bulk("server-cpu-usage"), Value::Integer(42)}));
  return Reply::Bulk("Some real reply following the push reply");
}

Reply Example(CommandCall& call, std::string_view type) {
  if (IsOption(type, "STRING")) return Reply::Bulk("Hello World");
  if (IsOption(type, "INTEGER")) return Reply::Integer(12345);
  if (IsOption(type, "DOUBLE")) return Reply::Double(3.141);
  if (IsOption(type, "NULL")) return Reply::Null();
  if (IsOption(type, "ARRAY")) return Numbers(Value::Array());
  if (IsOption(type, "SET")) return Numbers(Value::Set());
  if (IsOption(type, "MAP")) return ExampleMap();
  if (IsOption(type, "ATTRIB")) return ExampleWithAttribute();
  if (IsOption(type, "PUSH")) return ExamplePush(call);
  if (IsOption(type, "TRUE")) return Value::Bool(true);
  if (IsOption(type, "FALSE")) return Value::Bool(false);
  if (IsOption(type, "VERBATIM")) return Value::Verbatim("txt", "This is a verbatim\nstring");
  if (IsOption(type, "BIGNUM")) return Value::BigNumber("1234567999999999999999999999999999999");
  return Reply::Error(
      "ERR Wrong protocol type name. Please use one of the following: "
      "string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false");
}

}  // namespace

Reply DebugProtocol(CommandCall& call) { return Example(call, call.arg(2)); }

}  // namespace modcert::engine
