// The reply of a command as the Lua value that redis.call returns.
#pragma once

#include <string_view>

#include "resp/value.h"

struct lua_State;

namespace modcert::engine::scripting {

// Pushes one value. Null is false in RESP2 and nil in RESP3; status and error replies, doubles, big
// numbers, verbatim strings, maps and sets become tables with one field that says what they are.
void PushReply(lua_State* lua, const resp::Value& reply, resp::Protocol protocol);

// Pushes {err = text}; the mark says that the statistics have counted the error already.
enum class Counted { kNo, kYes };
void PushError(lua_State* lua, std::string_view text, Counted counted);

// The field of an error table that is the mark.
inline constexpr char kCountedField[] = "ignore_error_stats_update";

}  // namespace modcert::engine::scripting
