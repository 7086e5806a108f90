#include "engine/scripting/register_function.h"

#include <algorithm>
#include <lua.hpp>
#include <optional>
#include <string_view>

#include "engine/scripting/function_libraries.h"
#include "engine/scripting/protected_tables.h"
#include "engine/scripting/redis_table.h"
#include "engine/scripting/reply_to_lua.h"
#include "engine/scripting/sandbox.h"
#include "fmt/format.h"

namespace modcert::engine::scripting {
namespace {

constexpr char kLibrary = 0;  // its address is the key under which the library being loaded is kept

void SetLibrary(lua_State* lua, Library* library) {
  lua_pushlightuserdata(lua, const_cast<char*>(&kLibrary));
  if (library)
    lua_pushlightuserdata(lua, library);
  else
    lua_pushnil(lua);
  lua_rawset(lua, LUA_REGISTRYINDEX);
}

Library* CurrentLibrary(lua_State* lua) {
  lua_pushlightuserdata(lua, const_cast<char*>(&kLibrary));
  lua_rawget(lua, LUA_REGISTRYINDEX);
  auto* library = static_cast<Library*>(lua_touserdata(lua, -1));
  lua_pop(lua, 1);
  return library;
}

std::string TextAt(lua_State* lua, int index) {
  size_t size = 0;
  const char* text = lua_tolstring(lua, index, &size);
  return {text, size};
}

// What the arguments say, with the callback's place on the stack; or why they are wrong.
struct Registration {
  Function function;
  int callback_index = 0;
  std::string_view error;
};

// {"no-writes", ...} on top of the stack.
std::string_view ReadFlags(lua_State* lua, uint64_t& flags) {
  if (!lua_istable(lua, -1))
    return "flags argument to redis.register_function must be a table representing function flags";
  std::string_view error;
  for (int i = 1; error.empty(); ++i) {
    lua_rawgeti(lua, -1, i);
    const bool end = lua_isnil(lua, -1);
    const auto flag =
        lua_type(lua, -1) == LUA_TSTRING ? ParseScriptFlag(TextAt(lua, -1)) : std::nullopt;
    lua_pop(lua, 1);
    if (end) break;
    if (flag)
      flags |= *flag;
    else
      error = "unknown flag given";
  }
  return error;
}

// One field of the table of named arguments: the key is at -2, the value at -1.
std::string_view ReadNamed(lua_State* lua, Registration& registration, int callback_index) {
  if (!lua_isstring(lua, -2))
    return "named argument key given to redis.register_function is not a string";
  // A copy: lua_tolstring must not turn the key of a traversal into a string.
  lua_pushvalue(lua, -2);
  const std::string key = TextAt(lua, -1);
  lua_pop(lua, 1);
  Function& function = registration.function;
  if (CommandNameEqual{}(key, "function_name")) {
    if (!lua_isstring(lua, -1))
      return "function_name argument given to redis.register_function must be a string";
    function.name = TextAt(lua, -1);
  } else if (CommandNameEqual{}(key, "description")) {
    if (!lua_isstring(lua, -1))
      return "description argument given to redis.register_function must be a string";
    function.description = TextAt(lua, -1);
  } else if (CommandNameEqual{}(key, "callback")) {
    if (!lua_isfunction(lua, -1))
      return "callback argument given to redis.register_function must be a function";
    lua_pushvalue(lua, -1);
    lua_replace(lua, callback_index);
    registration.callback_index = callback_index;
  } else if (CommandNameEqual{}(key, "flags")) {
    return ReadFlags(lua, function.flags);
  } else {
    return "unknown argument given to redis.register_function";
  }
  return {};
}

// register_function{function_name=..., callback=...}
Registration ReadNamedArguments(lua_State* lua) {
  Registration registration;
  if (!lua_istable(lua, 1)) {
    registration.error =
        "calling redis.register_function with a single argument is only applicable to Lua table "
        "(representing named arguments).";
    return registration;
  }
  lua_pushnil(lua);
  const int callback_index = lua_gettop(lua);
  bool named = false;
  for (lua_pushnil(lua); lua_next(lua, 1) != 0; lua_pop(lua, 1)) {
    registration.error = ReadNamed(lua, registration, callback_index);
    if (!registration.error.empty()) return registration;
    named = named || !registration.function.name.empty();
  }
  if (!named)
    registration.error = "redis.register_function must get a function name argument";
  else if (registration.callback_index == 0)
    registration.error = "redis.register_function must get a callback argument";
  return registration;
}

// register_function(name, callback)
Registration ReadTwoArguments(lua_State* lua) {
  Registration registration;
  if (!lua_isstring(lua, 1)) {
    registration.error = "first argument to redis.register_function must be a string";
  } else if (!lua_isfunction(lua, 2)) {
    registration.error = "second argument to redis.register_function must be a function";
  } else {
    registration.function.name = TextAt(lua, 1);
    registration.callback_index = 2;
  }
  return registration;
}

int Raise(lua_State* lua, std::string_view text) {
  PushError(lua, fmt::format("ERR {}", text), Counted::kNo);
  return lua_error(lua);
}

int RegisterFunction(lua_State* lua) {
  Library* library = CurrentLibrary(lua);
  if (!library)
    return Raise(lua, "redis.register_function can only be called on FUNCTION LOAD command");
  const int count = lua_gettop(lua);
  if (count < 1 || count > 2)
    return Raise(lua, "wrong number of arguments to redis.register_function");
  Registration registration = count == 1 ? ReadNamedArguments(lua) : ReadTwoArguments(lua);
  if (!registration.error.empty()) return Raise(lua, registration.error);
  Function& function = registration.function;
  if (!IsValidLibraryName(function.name)) return Raise(lua, kInvalidLibraryName);
  const bool taken =
      std::any_of(library->functions.begin(), library->functions.end(),
                  [&](const Function& other) { return other.name == function.name; });
  if (taken) return Raise(lua, "Function already exists in the library");
  lua_pushvalue(lua, registration.callback_index);
  function.id = Interpreter::Of(lua).Keep();
  library->functions.push_back(std::move(function));
  return 0;
}

// All that a library sees of globals: {redis = {register_function, log, ...}}.
void PushLibraryView(lua_State* lua) {
  lua_newtable(lua);
  RefuseMissingNames(lua);
  lua_newtable(lua);
  lua_pushcfunction(lua, RegisterFunction);
  lua_setfield(lua, -2, "register_function");
  AddLogAndVersion(lua);
  RefuseMissingNames(lua);
  Protect(lua);
  lua_setfield(lua, -2, "redis");
}

}  // namespace

tl::expected<void, std::string> RunRegistering(Interpreter& interpreter,
                                               Interpreter::FunctionId chunk, Library& library) {
  lua_State* lua = interpreter.lua();
  SetLibrary(lua, &library);
  PushLibraryView(lua);
  EnterLibraryView(lua);
  auto result = interpreter.RunLibrary(chunk);
  LeaveLibraryView(lua);
  SetLibrary(lua, nullptr);
  return result;
}

}  // namespace modcert::engine::scripting
