// Tables that scripts can read and not change.
//
// A real server runs a Lua with read-only tables; plain Lua 5.1 has none. So a script holds a face:
// an empty table that looks up in its content and refuses assignments. The functions that go past
// metatables (next, rawget, table.insert ...) are replaced by some that know faces.
#pragma once

struct lua_State;

namespace modcert::engine::scripting {

// Makes the two registries that the functions below need.
void OpenProtection(lua_State* lua);

// Replaces the table on top of the stack by its face.
void Protect(lua_State* lua);

// Lets the face at `index` look up in the table on top of the stack from now on, and pops that.
void SetContent(lua_State* lua, int index);

// Puts the functions that know faces into the tables of the libraries; the globals' table is at
// `globals`.
void InstallFaceFunctions(lua_State* lua, int globals);

// Gives getmetatable(x) for the value at `index` the table on top of the stack as its answer, and
// pops that. Only for faces and for strings.
void SetShownMetatable(lua_State* lua, int index);

}  // namespace modcert::engine::scripting
