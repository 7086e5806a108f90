// The table `redis` of scripts, and the smaller one that a library sees while it is loaded.
#pragma once

struct lua_State;

namespace modcert::engine::scripting {

// Pushes the table with everything that a running script may use.
void PushRedisTable(lua_State* lua);

// Adds what both tables have: log, its levels and the version.
void AddLogAndVersion(lua_State* lua);

}  // namespace modcert::engine::scripting
