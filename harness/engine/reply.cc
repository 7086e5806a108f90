#include "engine/reply.h"

#include <fmt/format.h>

namespace modcert::engine {

Reply Reply::WrongType() {
  return Error("WRONGTYPE Operation against a key holding the wrong kind of value");
}
Reply Reply::SyntaxError() { return Error("ERR syntax error"); }
Reply Reply::NotAnInteger() { return Error("ERR value is not an integer or out of range"); }
Reply Reply::NotAFloat() { return Error("ERR value is not a valid float"); }
Reply Reply::NoSuchKey() { return Error("ERR no such key"); }
Reply Reply::OutOfRange() { return Error("ERR index out of range"); }

Reply Reply::WrongArity(std::string_view name) {
  return Error(fmt::format("ERR wrong number of arguments for '{}' command", name));
}

}  // namespace modcert::engine
