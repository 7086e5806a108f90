// What a script returned, as a reply.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "resp/value.h"

struct lua_State;

namespace modcert::engine::scripting {

struct ScriptReply {
  resp::Value value;
  bool failed = false;                          // there is an error in it, at any depth
  std::vector<std::string> to_be_counted = {};  // errors that no command has counted yet
};

// Converts the value on top of the stack and pops it. `protocol` is what the script has chosen by
// redis.setresp: it decides what becomes of booleans.
ScriptReply TakeReply(lua_State* lua, resp::Protocol protocol);

// A text of Lua as it stands in a status or error reply: it ends at a NUL byte, and line ends are
// spaces.
std::string OneLine(std::string_view text);

}  // namespace modcert::engine::scripting
