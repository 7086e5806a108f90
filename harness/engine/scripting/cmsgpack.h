// The library `cmsgpack` of scripts: MessagePack, without its extension and binary types.
#pragma once

struct lua_State;

namespace modcert::engine::scripting {

// Pushes the library's table.
int OpenCmsgpack(lua_State* lua);

}  // namespace modcert::engine::scripting
