#include "engine/scripting/script_random.h"

#include <cmath>
#include <lua.hpp>

#include "engine/scripting/interpreter.h"
#include "engine/scripting/scripting.h"
#include "engine/server.h"

namespace modcert::engine::scripting {
namespace {

ScriptRandom& GeneratorOf(lua_State* lua) {
  return Interpreter::Of(lua).server().scripting().random;
}

// math.random([low,] high)
int MathRandom(lua_State* lua) {
  // 0 <= fraction < 1
  const lua_Number fraction = static_cast<lua_Number>(GeneratorOf(lua).Next() % INT32_MAX) /
                              static_cast<lua_Number>(INT32_MAX);
  int low = 1;
  int high = 0;
  switch (lua_gettop(lua)) {
    case 0:
      lua_pushnumber(lua, fraction);
      return 1;
    case 1:
      high = luaL_checkint(lua, 1);
      luaL_argcheck(lua, low <= high, 1, "interval is empty");
      break;
    case 2:
      low = luaL_checkint(lua, 1);
      high = luaL_checkint(lua, 2);
      luaL_argcheck(lua, low <= high, 2, "interval is empty");
      break;
    default:
      return luaL_error(lua, "wrong number of arguments");
  }
  const double span = static_cast<double>(high) - static_cast<double>(low) + 1;
  lua_pushnumber(lua, std::floor(fraction * span) + low);
  return 1;
}

// math.randomseed(seed)
int MathRandomSeed(lua_State* lua) {
  GeneratorOf(lua).Seed(luaL_checkint(lua, 1));
  return 0;
}

}  // namespace

void InstallRandom(lua_State* lua) {
  lua_pushcfunction(lua, MathRandom);
  lua_setfield(lua, -2, "random");
  lua_pushcfunction(lua, MathRandomSeed);
  lua_setfield(lua, -2, "randomseed");
}

}  // namespace modcert::engine::scripting
