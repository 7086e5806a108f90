#include "engine/scripting/sandbox.h"

#include <lua.hpp>
#include <string>

#include "engine/scripting/cmsgpack.h"
#include "engine/scripting/protected_tables.h"
#include "engine/scripting/script_random.h"
#include "engine/scripting/struct_library.h"

// The headers that come with these libraries declare them for C only.
extern "C" int luaopen_bit(lua_State* lua);
extern "C" int luaopen_cjson(lua_State* lua);

namespace modcert::engine::scripting {
namespace {

// The address is the key under which the content behind the face of the globals is kept.
constexpr char kGlobalContent = 0;

constexpr luaL_Reg kLibraries[] = {
    {"", luaopen_base},
    {LUA_TABLIBNAME, luaopen_table},
    {LUA_STRLIBNAME, luaopen_string},
    {LUA_MATHLIBNAME, luaopen_math},
};

// Files, the process, and the environments of functions.
constexpr const char* kLeftOut[] = {"dofile",  "loadfile", "print",  "getfenv",
                                    "setfenv", "newproxy", "module", "require"};

constexpr const char* kSharedTables[] = {"string", "table",    "math",  "bit",      "cjson",
                                         "struct", "cmsgpack", "redis", "coroutine"};

constexpr char kBytecodeStart = LUA_SIGNATURE[0];

int LoadString(lua_State* lua) {
  size_t size = 0;
  const char* text = luaL_checklstring(lua, 1, &size);
  const char* name = luaL_optstring(lua, 2, text);
  if (LoadText(lua, text, size, name) == 0) return 1;
  lua_pushnil(lua);
  lua_insert(lua, -2);
  return 2;
}

// Collects what the function at index 1 returns until it returns nothing. False, with the error on
// the stack, when it fails.
bool ReadPieces(lua_State* lua, std::string& text) {
  for (;; lua_pop(lua, 1)) {
    lua_pushvalue(lua, 1);
    if (lua_pcall(lua, 0, 1, 0) != 0) return false;
    if (lua_isnil(lua, -1)) return true;
    size_t size = 0;
    const char* piece = lua_isstring(lua, -1) ? lua_tolstring(lua, -1, &size) : nullptr;
    if (!piece) {
      lua_pushliteral(lua, "reader function must return a string");
      return false;
    }
    if (size == 0) return true;
    text.append(piece, size);
  }
}

// load(function [, name]): the pieces until nil or an empty string.
int Load(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TFUNCTION);
  const char* name = luaL_optstring(lua, 2, "=(load)");
  std::string text;
  if (ReadPieces(lua, text) && LoadText(lua, text.data(), text.size(), name) == 0) return 1;
  lua_pushnil(lua);
  lua_insert(lua, -2);
  return 2;
}

// pcall, but of an error table the script gets the text.
int ProtectedCall(lua_State* lua) {
  const int argument_count = lua_gettop(lua);
  lua_pushboolean(lua, 1);  // the answer, and what is called when there is no argument
  lua_insert(lua, 1);
  if (lua_pcall(lua, argument_count - 1, LUA_MULTRET, 0) == 0) return lua_gettop(lua);
  lua_remove(lua, 1);
  if (lua_istable(lua, -1)) {
    lua_getfield(lua, -1, "err");
    if (lua_isstring(lua, -1))
      lua_replace(lua, -2);
    else
      lua_pop(lua, 1);
  }
  lua_pushboolean(lua, 0);
  lua_insert(lua, 1);
  return lua_gettop(lua);
}

int MissingGlobal(lua_State* lua) {
  // The name may be any value: nonsense is named as well as a real server does it.
  const char* name = lua_isstring(lua, -1) ? lua_tostring(lua, -1) : luaL_typename(lua, -1);
  return luaL_error(lua, "Script attempted to access nonexistent global variable '%s'", name);
}

void OpenLibrary(lua_State* lua, const char* name, lua_CFunction open) {
  lua_pushcfunction(lua, open);
  lua_pushstring(lua, name);
  lua_call(lua, 1, 0);
}

// For libraries that answer with their table and set no global.
void OpenLibraryAs(lua_State* lua, const char* name, lua_CFunction open) {
  lua_pushcfunction(lua, open);
  lua_call(lua, 0, 1);
  lua_setglobal(lua, name);
}

void PushGlobalContent(lua_State* lua) {
  lua_pushlightuserdata(lua, const_cast<char*>(&kGlobalContent));
  lua_rawget(lua, LUA_REGISTRYINDEX);
}

// Strings find their methods in the face, and getmetatable('') shows a face too.
void ProtectStringMetatable(lua_State* lua) {
  lua_pushliteral(lua, "");
  lua_getmetatable(lua, -1);
  lua_getglobal(lua, "string");
  lua_setfield(lua, -2, "__index");
  Protect(lua);
  SetShownMetatable(lua, lua_gettop(lua) - 1);
  lua_pop(lua, 1);
}

}  // namespace

int LoadText(lua_State* lua, const char* text, size_t size, const char* chunk_name) {
  if (size == 0 || text[0] != kBytecodeStart) return luaL_loadbuffer(lua, text, size, chunk_name);
  // Behind a space it is text, and no valid one.
  const std::string spaced = ' ' + std::string(text, size);
  return luaL_loadbuffer(lua, spaced.data(), spaced.size(), chunk_name);
}

void OpenSandbox(lua_State* lua) {
  OpenProtection(lua);
  for (const luaL_Reg& library : kLibraries) OpenLibrary(lua, library.name, library.func);
  OpenLibraryAs(lua, "cjson", luaopen_cjson);
  OpenLibraryAs(lua, "bit", luaopen_bit);
  OpenLibraryAs(lua, "cmsgpack", OpenCmsgpack);
  OpenLibraryAs(lua, "struct", OpenStruct);
  for (const char* name : kLeftOut) {
    lua_pushnil(lua);
    lua_setglobal(lua, name);
  }
  lua_register(lua, "load", Load);
  lua_register(lua, "loadstring", LoadString);
  lua_register(lua, "pcall", ProtectedCall);
  lua_getglobal(lua, "math");
  InstallRandom(lua);
  lua_pop(lua, 1);
  InstallFaceFunctions(lua, LUA_GLOBALSINDEX);
}

void CloseSandbox(lua_State* lua) {
  for (const char* name : kSharedTables) {
    lua_getglobal(lua, name);
    Protect(lua);
    lua_setglobal(lua, name);
  }
  ProtectStringMetatable(lua);
  lua_pushvalue(lua, LUA_GLOBALSINDEX);
  RefuseMissingNames(lua);
  lua_pushlightuserdata(lua, const_cast<char*>(&kGlobalContent));
  lua_pushvalue(lua, -2);
  lua_rawset(lua, LUA_REGISTRYINDEX);
  lua_pushvalue(lua, -1);
  Protect(lua);
  // The content knows itself by its face.
  lua_pushvalue(lua, -1);
  lua_setfield(lua, -3, "_G");
  lua_getmetatable(lua, -2);
  Protect(lua);
  SetShownMetatable(lua, lua_gettop(lua) - 1);
  lua_replace(lua, LUA_GLOBALSINDEX);
  lua_pop(lua, 1);
}

void SetGlobalBehindFace(lua_State* lua, const char* name) {
  PushGlobalContent(lua);
  lua_insert(lua, -2);
  lua_pushstring(lua, name);
  lua_insert(lua, -2);
  lua_rawset(lua, -3);
  lua_pop(lua, 1);
}

void EnterLibraryView(lua_State* lua) { SetContent(lua, LUA_GLOBALSINDEX); }

void LeaveLibraryView(lua_State* lua) {
  PushGlobalContent(lua);
  SetContent(lua, LUA_GLOBALSINDEX);
}

void RefuseMissingNames(lua_State* lua) {
  lua_newtable(lua);
  lua_pushcfunction(lua, MissingGlobal);
  lua_setfield(lua, -2, "__index");
  lua_setmetatable(lua, -2);
}

}  // namespace modcert::engine::scripting
