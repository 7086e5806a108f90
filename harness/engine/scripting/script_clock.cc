#include "engine/scripting/script_clock.h"

#include <lua.hpp>

#include "engine/scripting/interpreter.h"

namespace modcert::engine::scripting {
namespace {

void OnCount(lua_State* lua, lua_Debug*) { Interpreter::Of(lua).SliceOver(lua); }

}  // namespace

void CountInstructions(lua_State* lua) {
  lua_sethook(lua, OnCount, LUA_MASKCOUNT, kInstructionsPerMs);
}

void CountEachInstruction(lua_State* lua) { lua_sethook(lua, OnCount, LUA_MASKCOUNT, 1); }

}  // namespace modcert::engine::scripting
