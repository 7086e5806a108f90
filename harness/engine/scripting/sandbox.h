// The world of a script: which libraries and functions there are, and what differs from plain Lua.
#pragma once

#include <cstddef>

struct lua_State;

namespace modcert::engine::scripting {

// Opens the libraries that scripts have, leaves out what reaches files, the process or the
// environment of functions, and replaces what a real server replaces. The globals' table of the
// state is then still open; CloseSandbox makes it and the libraries read-only.
void OpenSandbox(lua_State* lua);

// Puts faces (protected_tables.h) over all tables that scripts share, and over the globals' table
// itself. Reading a global that is not there is an error from now on.
void CloseSandbox(lua_State* lua);

// Sets a global behind the face: KEYS and ARGV. Pops the value.
void SetGlobalBehindFace(lua_State* lua, const char* name);

// Until LeaveLibraryView, the table on top of the stack is all that there is of globals: the view
// that FUNCTION LOAD gives to a library. Pops it. Nothing in it can be missed silently.
void EnterLibraryView(lua_State* lua);
void LeaveLibraryView(lua_State* lua);

// Makes a read on the table on top of the stack fail for names that it does not have.
void RefuseMissingNames(lua_State* lua);

// Compiles a text; bytecode is a syntax error, as scripts could break anything with it. Answers as
// luaL_loadbuffer.
int LoadText(lua_State* lua, const char* text, size_t size, const char* chunk_name);

}  // namespace modcert::engine::scripting
