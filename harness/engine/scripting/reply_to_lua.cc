#include "engine/scripting/reply_to_lua.h"

#include <lua.hpp>

namespace modcert::engine::scripting {
namespace {

using resp::Type;
using resp::Value;

void PushText(lua_State* lua, std::string_view text) {
  lua_pushlstring(lua, text.data(), text.size());
}

// {name = text}
void PushTagged(lua_State* lua, const char* name, std::string_view text) {
  lua_createtable(lua, 0, 1);
  PushText(lua, text);
  lua_setfield(lua, -2, name);
}

void PushArray(lua_State* lua, const Value& array, resp::Protocol protocol) {
  lua_createtable(lua, static_cast<int>(array.children.size()), 0);
  for (size_t i = 0; i < array.children.size(); ++i) {
    PushReply(lua, array.children[i], protocol);
    lua_rawseti(lua, -2, static_cast<int>(i + 1));
  }
}

// {map = {key = value, ...}}; a key that Lua cannot have is left out.
void PushMap(lua_State* lua, const Value& map, resp::Protocol protocol) {
  lua_createtable(lua, 0, 1);
  lua_createtable(lua, 0, static_cast<int>(map.children.size() / 2));
  for (size_t i = 0; i + 1 < map.children.size(); i += 2) {
    PushReply(lua, map.children[i], protocol);
    PushReply(lua, map.children[i + 1], protocol);
    if (lua_isnil(lua, -2))
      lua_pop(lua, 2);
    else
      lua_rawset(lua, -3);
  }
  lua_setfield(lua, -2, "map");
}

// {set = {element = true, ...}}
void PushSet(lua_State* lua, const Value& set, resp::Protocol protocol) {
  lua_createtable(lua, 0, 1);
  lua_createtable(lua, 0, static_cast<int>(set.children.size()));
  for (const Value& element : set.children) {
    PushReply(lua, element, protocol);
    if (lua_isnil(lua, -1)) {
      lua_pop(lua, 1);
      continue;
    }
    lua_pushboolean(lua, 1);
    lua_rawset(lua, -3);
  }
  lua_setfield(lua, -2, "set");
}

void PushVerbatim(lua_State* lua, const Value& verbatim) {
  lua_createtable(lua, 0, 1);
  lua_createtable(lua, 0, 2);
  PushText(lua, verbatim.text);
  lua_setfield(lua, -2, "string");
  PushText(lua, verbatim.format);
  lua_setfield(lua, -2, "format");
  lua_setfield(lua, -2, "verbatim_string");
}

void PushDouble(lua_State* lua, double number) {
  lua_createtable(lua, 0, 1);
  lua_pushnumber(lua, number);
  lua_setfield(lua, -2, "double");
}

}  // namespace

void PushReply(lua_State* lua, const Value& reply, resp::Protocol protocol) {
  luaL_checkstack(lua, 6, "a reply is nested too deeply");
  switch (reply.type) {
    case Type::kSimple:
      return PushTagged(lua, "ok", reply.text);
    case Type::kError:
      return PushError(lua, reply.text, Counted::kYes);
    case Type::kInteger:
      return lua_pushnumber(lua, static_cast<lua_Number>(reply.integer));
    case Type::kBulk:
      return PushText(lua, reply.text);
    case Type::kNull:
    case Type::kNullArray:
      return protocol == resp::Protocol::kResp3 ? lua_pushnil(lua) : lua_pushboolean(lua, 0);
    case Type::kArray:
    case Type::kPush:
      return PushArray(lua, reply, protocol);
    case Type::kDouble:
      return PushDouble(lua, reply.number);
    case Type::kBool:
      return lua_pushboolean(lua, reply.integer != 0);
    case Type::kBigNumber:
      return PushTagged(lua, "big_number", reply.text);
    case Type::kVerbatim:
      return PushVerbatim(lua, reply);
    case Type::kMap:
      return PushMap(lua, reply, protocol);
    case Type::kSet:
      return PushSet(lua, reply, protocol);
  }
}

void PushError(lua_State* lua, std::string_view text, Counted counted) {
  PushTagged(lua, "err", text);
  if (counted == Counted::kNo) return;
  lua_pushboolean(lua, 1);
  lua_setfield(lua, -2, kCountedField);
}

}  // namespace modcert::engine::scripting
