// The library `struct` of scripts: numbers and texts as bytes, by a format.
#pragma once

struct lua_State;

namespace modcert::engine::scripting {

// Pushes the library's table.
int OpenStruct(lua_State* lua);

}  // namespace modcert::engine::scripting
