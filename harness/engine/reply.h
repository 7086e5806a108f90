// What a command answers: a RESP value, or the statement that there is nothing more to send.
#pragma once

#include <string_view>

#include "resp/value.h"

namespace modcert::engine {

// Either a value for the caller to send, or kWritten (the command has put its bytes into the
// client's output itself, as modules and SUBSCRIBE do) or kBlocked (the reply comes later).
class Reply {
 public:
  enum class Kind { kValue, kWritten, kBlocked };

  Reply(resp::Value value) : value_(std::move(value)) {}  // NOLINT: a value is a reply
  static Reply Written() { return Reply(Kind::kWritten); }
  static Reply Blocked() { return Reply(Kind::kBlocked); }

  static Reply Ok() { return resp::Value::Simple("OK"); }
  static Reply Simple(std::string_view text) { return resp::Value::Simple(text); }
  static Reply Integer(int64_t integer) { return resp::Value::Integer(integer); }
  static Reply Bulk(std::string_view bytes) { return resp::Value::Bulk(bytes); }
  static Reply Null() { return resp::Value::Null(); }
  static Reply NullArray() { return resp::Value::NullArray(); }
  static Reply Array(std::vector<resp::Value> children = {}) {
    return resp::Value::Array(std::move(children));
  }
  static Reply Double(double number) { return resp::Value::Double(number); }

  // The text with its code and without the leading '-', such as "ERR syntax error".
  static Reply Error(std::string_view text) { return resp::Value::Error(text); }
  static Reply WrongType();
  static Reply SyntaxError();
  static Reply NotAnInteger();  // "ERR value is not an integer or out of range"
  static Reply NotAFloat();     // "ERR value is not a valid float"
  static Reply NoSuchKey();     // "ERR no such key"
  static Reply OutOfRange();    // "ERR index out of range"
  // `name` as the client wrote the command, with the subcommand behind a '|'.
  static Reply WrongArity(std::string_view name);

  Kind kind() const { return kind_; }
  bool is_error() const { return kind_ == Kind::kValue && value_.is_error(); }
  const resp::Value& value() const { return value_; }
  resp::Value& value() { return value_; }

 private:
  explicit Reply(Kind kind) : kind_(kind) {}

  Kind kind_ = Kind::kValue;
  resp::Value value_;
};

}  // namespace modcert::engine
