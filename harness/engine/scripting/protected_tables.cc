#include "engine/scripting/protected_tables.h"

#include <initializer_list>
#include <lua.hpp>

namespace modcert::engine::scripting {
namespace {

// The addresses are the keys of the registries: face -> content, and face -> shown metatable.
constexpr char kContents = 0;
constexpr char kShownMetatables = 0;
constexpr char kRefusal[] = "Attempt to modify a readonly table";

void PushRegistry(lua_State* lua, const char* key) {
  lua_pushlightuserdata(lua, const_cast<char*>(key));
  lua_rawget(lua, LUA_REGISTRYINDEX);
}

// The key under which a value's shown metatable is found: the face itself; one for all strings.
void PushShownKey(lua_State* lua, int index) {
  if (lua_type(lua, index) == LUA_TSTRING)
    lua_pushliteral(lua, "string");
  else
    lua_pushvalue(lua, index);
}

// Pushes the content of the face at `index`; nothing, and false, for another value.
bool PushContent(lua_State* lua, int index) {
  PushRegistry(lua, &kContents);
  lua_pushvalue(lua, index);
  lua_rawget(lua, -2);
  lua_remove(lua, -2);
  if (lua_istable(lua, -1)) return true;
  lua_pop(lua, 1);
  return false;
}

// Puts the content of the face at `index` in its place.
void LookBehind(lua_State* lua, int index) {
  if (PushContent(lua, index)) lua_replace(lua, index);
}

// An assignment names its line.
int RefuseAssignment(lua_State* lua) { return luaL_error(lua, kRefusal); }

// A function that would have changed a face does not.
void RefuseFace(lua_State* lua, int index) {
  if (!PushContent(lua, index)) return;
  lua_pushliteral(lua, "Attempt to modify a readonly table");
  lua_error(lua);
}

int Next(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  lua_settop(lua, 2);
  LookBehind(lua, 1);
  if (lua_next(lua, 1)) return 2;
  lua_pushnil(lua);
  return 1;
}

int Pairs(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  lua_pushcfunction(lua, Next);
  lua_pushvalue(lua, 1);
  lua_pushnil(lua);
  return 3;
}

int RawGet(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  luaL_checkany(lua, 2);
  lua_settop(lua, 2);
  LookBehind(lua, 1);
  lua_rawget(lua, 1);
  return 1;
}

int RawSet(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  luaL_checkany(lua, 2);
  luaL_checkany(lua, 3);
  lua_settop(lua, 3);
  RefuseFace(lua, 1);
  lua_rawset(lua, 1);
  return 1;
}

int GetMetatable(lua_State* lua) {
  luaL_checkany(lua, 1);
  PushRegistry(lua, &kShownMetatables);
  PushShownKey(lua, 1);
  lua_rawget(lua, -2);
  if (lua_istable(lua, -1)) return 1;
  const bool is_face = lua_istable(lua, 1) && PushContent(lua, 1);
  if (is_face || !lua_getmetatable(lua, 1)) {
    lua_pushnil(lua);
    return 1;
  }
  luaL_getmetafield(lua, 1, "__metatable");  // pushes nothing when there is none
  return 1;
}

int SetMetatable(lua_State* lua) {
  const int type = lua_type(lua, 2);
  luaL_checktype(lua, 1, LUA_TTABLE);
  luaL_argcheck(lua, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table expected");
  RefuseFace(lua, 1);
  if (luaL_getmetafield(lua, 1, "__metatable"))
    return luaL_error(lua, "cannot change a protected metatable");
  lua_settop(lua, 2);
  lua_setmetatable(lua, 1);
  return 1;
}

int TableInsert(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  int last = static_cast<int>(lua_objlen(lua, 1)) + 1;
  int position = last;
  switch (lua_gettop(lua)) {
    case 2:
      break;
    case 3:
      position = luaL_checkint(lua, 2);
      last = last > position ? last : position;
      break;
    default:
      return luaL_error(lua, "wrong number of arguments to 'insert'");
  }
  RefuseFace(lua, 1);
  for (int i = last; i > position; --i) {
    lua_rawgeti(lua, 1, i - 1);
    lua_rawseti(lua, 1, i);
  }
  lua_settop(lua, lua_gettop(lua) < 3 ? 2 : 3);
  lua_rawseti(lua, 1, position);
  return 0;
}

constexpr luaL_Reg kBaseFunctions[] = {
    {"next", Next},
    {"pairs", Pairs},
    {"rawget", RawGet},
    {"rawset", RawSet},
    {"getmetatable", GetMetatable},
    {"setmetatable", SetMetatable},
};

}  // namespace

void OpenProtection(lua_State* lua) {
  for (const char* key : {&kContents, &kShownMetatables}) {
    lua_pushlightuserdata(lua, const_cast<char*>(key));
    lua_newtable(lua);
    lua_rawset(lua, LUA_REGISTRYINDEX);
  }
}

void Protect(lua_State* lua) {
  lua_newtable(lua);  // the face
  lua_newtable(lua);  // its metatable
  lua_pushcfunction(lua, RefuseAssignment);
  lua_setfield(lua, -2, "__newindex");
  lua_setmetatable(lua, -2);
  lua_insert(lua, -2);
  SetContent(lua, lua_gettop(lua) - 1);
}

void SetContent(lua_State* lua, int index) {
  lua_getmetatable(lua, index);
  lua_pushvalue(lua, -2);
  lua_setfield(lua, -2, "__index");
  lua_pop(lua, 1);
  PushRegistry(lua, &kContents);
  lua_pushvalue(lua, index);
  lua_pushvalue(lua, -3);
  lua_rawset(lua, -3);
  lua_pop(lua, 2);
}

void InstallFaceFunctions(lua_State* lua, int globals) {
  for (const luaL_Reg& function : kBaseFunctions) {
    lua_pushcfunction(lua, function.func);
    lua_setfield(lua, globals, function.name);
  }
  lua_getfield(lua, globals, "table");
  lua_pushcfunction(lua, TableInsert);
  lua_setfield(lua, -2, "insert");
  lua_pop(lua, 1);
}

void SetShownMetatable(lua_State* lua, int index) {
  PushRegistry(lua, &kShownMetatables);
  PushShownKey(lua, index);
  lua_pushvalue(lua, -3);
  lua_rawset(lua, -3);
  lua_pop(lua, 2);
}

}  // namespace modcert::engine::scripting
