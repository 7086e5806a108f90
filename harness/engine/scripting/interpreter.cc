#include "engine/scripting/interpreter.h"

#include <lua.hpp>
#include <optional>
#include <utility>

#include "base/require.h"
#include "engine/scripting/redis_table.h"
#include "engine/scripting/reply_to_lua.h"
#include "engine/scripting/sandbox.h"
#include "engine/scripting/script_clock.h"
#include "engine/scripting/scripting.h"
#include "engine/server.h"
#include "fmt/format.h"

namespace modcert::engine::scripting {
namespace {

constexpr char kSelf = 0;  // addresses are keys of the registry
constexpr char kErrorHandler = 0;
constexpr int kCollectorStep = 1;  // after each script, so that no garbage waits for the next

// The name that a real server's handler has, for scripts that look.
constexpr char kHandlerName[] = "__redis__err__handler";

// Any error becomes {err, source, line}, with the place of the Lua function that failed.
int HandleError(lua_State* lua) {
  lua_Debug place = {};
  bool known = lua_getstack(lua, 1, &place) != 0 && lua_getinfo(lua, "Sl", &place) != 0;
  // The place of a function such as redis.call is where it was called.
  if (known && place.what == std::string_view("C"))
    known = lua_getstack(lua, 2, &place) != 0 && lua_getinfo(lua, "Sl", &place) != 0;
  lua_settop(lua, 1);
  if (!lua_istable(lua, 1)) {
    const char* text = lua_tostring(lua, 1);
    const std::string error = std::string("ERR ") + (text ? text : luaL_typename(lua, 1));
    PushError(lua, error, Counted::kNo);
    lua_replace(lua, 1);
  }
  if (!known) return 1;
  lua_pushstring(lua, place.source);
  lua_setfield(lua, 1, "source");
  lua_pushinteger(lua, place.currentline);
  lua_setfield(lua, 1, "line");
  return 1;
}

void SetRegistry(lua_State* lua, const char* key) {
  lua_pushlightuserdata(lua, const_cast<char*>(key));
  lua_insert(lua, -2);
  lua_rawset(lua, LUA_REGISTRYINDEX);
}

void PushRegistry(lua_State* lua, const char* key) {
  lua_pushlightuserdata(lua, const_cast<char*>(key));
  lua_rawget(lua, LUA_REGISTRYINDEX);
}

void PushList(lua_State* lua, std::span<const std::string> texts) {
  lua_createtable(lua, static_cast<int>(texts.size()), 0);
  for (size_t i = 0; i < texts.size(); ++i) {
    lua_pushlstring(lua, texts[i].data(), texts[i].size());
    lua_rawseti(lua, -2, static_cast<int>(i + 1));
  }
}

// A field of the error table on top of the stack, or nothing.
std::optional<std::string> ErrorField(lua_State* lua, const char* name) {
  std::optional<std::string> text;
  if (!lua_istable(lua, -1)) return text;
  lua_pushstring(lua, name);
  lua_rawget(lua, -2);
  if (lua_isstring(lua, -1)) text = OneLine(lua_tostring(lua, -1));
  lua_pop(lua, 1);
  return text;
}

bool IsCounted(lua_State* lua) {
  if (!lua_istable(lua, -1)) return false;
  lua_pushstring(lua, kCountedField);
  lua_rawget(lua, -2);
  const bool counted = lua_toboolean(lua, -1) != 0;
  lua_pop(lua, 1);
  return counted;
}

}  // namespace

void Interpreter::Close::operator()(lua_State* lua) const { lua_close(lua); }

Interpreter::Interpreter(Server& server) : server_(server), lua_(luaL_newstate()) {
  Require(lua_ != nullptr, "no memory for a Lua state");
  lua_State* lua = lua_.get();
  lua_pushlightuserdata(lua, this);
  SetRegistry(lua, &kSelf);
  OpenSandbox(lua);
  PushRedisTable(lua);
  lua_setglobal(lua, "redis");
  lua_pushcfunction(lua, HandleError);
  lua_pushvalue(lua, -1);
  lua_setglobal(lua, kHandlerName);
  SetRegistry(lua, &kErrorHandler);
  CloseSandbox(lua);
  CountInstructions(lua);
}

Interpreter::~Interpreter() = default;

Interpreter& Interpreter::Of(lua_State* lua) {
  PushRegistry(lua, &kSelf);
  auto* self = static_cast<Interpreter*>(lua_touserdata(lua, -1));
  lua_pop(lua, 1);
  return *self;
}

tl::expected<Interpreter::FunctionId, std::string> Interpreter::Compile(std::string_view text,
                                                                        const char* chunk_name) {
  lua_State* lua = lua_.get();
  if (LoadText(lua, text.data(), text.size(), chunk_name) == 0) return Keep();
  std::string error = OneLine(lua_tostring(lua, -1));
  lua_pop(lua, 1);
  return tl::unexpected(std::move(error));
}

Interpreter::FunctionId Interpreter::Keep() { return luaL_ref(lua_.get(), LUA_REGISTRYINDEX); }

void Interpreter::Forget(FunctionId id) { luaL_unref(lua_.get(), LUA_REGISTRYINDEX, id); }

ScriptReply Interpreter::Call(ScriptRun& run, FunctionId id, Passing passing,
                              std::span<const std::string> keys,
                              std::span<const std::string> arguments) {
  lua_State* lua = lua_.get();
  const int top = lua_gettop(lua);
  ScriptRun* const outer = std::exchange(run_, &run);
  PushRegistry(lua, &kErrorHandler);
  lua_rawgeti(lua, LUA_REGISTRYINDEX, id);
  PushList(lua, keys);
  if (passing == Passing::kGlobals) SetGlobalBehindFace(lua, "KEYS");
  PushList(lua, arguments);
  if (passing == Passing::kGlobals) SetGlobalBehindFace(lua, "ARGV");
  const int status = lua_pcall(lua, passing == Passing::kParameters ? 2 : 0, 1, top + 1);
  ScriptReply reply = status == 0 ? TakeReply(lua, run.client->protocol) : ErrorOf(run);
  lua_settop(lua, top);
  lua_gc(lua, LUA_GCSTEP, kCollectorStep);
  if (run.kill_requested) CountInstructions(lua);
  run_ = outer;
  return reply;
}

// "text script: name, on @user_script:1."
ScriptReply Interpreter::ErrorOf(const ScriptRun& run) {
  lua_State* lua = lua_.get();
  // A text and no table: the handler itself could not run, for want of memory or of stack.
  const auto text = lua_type(lua, -1) == LUA_TSTRING
                        ? std::optional("ERR " + OneLine(lua_tostring(lua, -1)))
                        : ErrorField(lua, "err");
  const auto source = ErrorField(lua, "source");
  const auto line = ErrorField(lua, "line");
  // DEVIATION: redis-server 7.0.15 crashes on an error table without a text.
  std::string error = fmt::format("{} script: {}", text.value_or("ERR unknown error"), run.name);
  if (source && line) error += fmt::format(", on {}:{}.", *source, *line);
  ScriptReply reply{.value = resp::Value::Error(error), .failed = true};
  if (!IsCounted(lua)) reply.to_be_counted.push_back(error);
  return reply;
}

tl::expected<void, std::string> Interpreter::RunLibrary(FunctionId id) {
  lua_State* lua = lua_.get();
  const int top = lua_gettop(lua);
  PushRegistry(lua, &kErrorHandler);
  lua_rawgeti(lua, LUA_REGISTRYINDEX, id);
  load_elapsed_ms_ = 0;
  tl::expected<void, std::string> result;
  if (lua_pcall(lua, 0, 0, top + 1) != 0)
    result = tl::unexpected(ErrorField(lua, "err").value_or("ERR unknown error"));
  lua_settop(lua, top);
  return result;
}

void Interpreter::SliceOver(lua_State* lua) {
  std::string_view error;
  if (!run_) {
    if (++load_elapsed_ms_ > kLibraryLoadLimitMs) error = "ERR FUNCTION LOAD timeout";
  } else if (!run_->kill_requested) {
    ++run_->elapsed_ms;
    server_.scripting().SliceOver(*run_);
  }
  if (run_ && run_->kill_requested) {
    CountEachInstruction(lua);
    error = "ERR Script killed by user with SCRIPT KILL...";
  }
  if (error.empty()) return;
  PushError(lua, error, Counted::kNo);
  lua_error(lua);
}

}  // namespace modcert::engine::scripting
