#include "engine/scripting/redis_table.h"

#include <algorithm>
#include <climits>
#include <lua.hpp>
#include <string>
#include <string_view>

#include "base/hex.h"
#include "base/sha1.h"
#include "engine/scripting/interpreter.h"
#include "engine/scripting/redis_call.h"
#include "engine/scripting/reply_to_lua.h"
#include "engine/server.h"

namespace modcert::engine::scripting {
namespace {

// The functions of this table raise {err = text}: such an error has no position of its own.
int Raise(lua_State* lua, std::string_view text) {
  PushError(lua, text, Counted::kNo);
  return lua_error(lua);
}

std::string TextAt(lua_State* lua, int index) {
  size_t size = 0;
  const char* text = lua_tolstring(lua, index, &size);
  return text ? std::string(text, size) : std::string();
}

// A number argument without its fraction; -1, which is valid nowhere, for what no int holds.
int IntegerAt(lua_State* lua, int index) {
  const lua_Number number = lua_tonumber(lua, index);
  if (!(number > INT_MIN && number < INT_MAX)) return -1;
  return static_cast<int>(number);
}

// redis.sha1hex(text)
int Sha1Hex(lua_State* lua) {
  if (lua_gettop(lua) != 1) return Raise(lua, "ERR wrong number of arguments");
  const Sha1Bytes digest = Sha1(TextAt(lua, 1));
  const std::string hex = HexEncode({reinterpret_cast<const char*>(digest.data()), digest.size()});
  lua_pushlstring(lua, hex.data(), hex.size());
  return 1;
}

// redis.log(level, text ...)
int Log(lua_State* lua) {
  const int count = lua_gettop(lua);
  if (count < 2) return Raise(lua, "ERR redis.log() requires two arguments or more.");
  if (!lua_isnumber(lua, 1)) return Raise(lua, "ERR First argument must be a number (log level).");
  const int level = IntegerAt(lua, 1);
  if (level < 0 || level > 3) return Raise(lua, "ERR Invalid debug level.");
  std::string text;
  for (int i = 2; i <= count; ++i) {
    if (i > 2) text += ' ';
    text += TextAt(lua, i);
  }
  Interpreter::Of(lua).server().log.Write(static_cast<ServerLog::Level>(level), text);
  return 0;
}

// redis.setresp(2 or 3)
int SetResp(lua_State* lua) {
  if (lua_gettop(lua) != 1) return Raise(lua, "ERR redis.setresp() requires one argument.");
  const int version = IntegerAt(lua, 1);
  if (version != 2 && version != 3) return Raise(lua, "ERR RESP version must be 2 or 3.");
  if (ScriptRun* run = Interpreter::Of(lua).run())
    run->client->protocol = static_cast<resp::Protocol>(version);
  return 0;
}

// redis.set_repl(redis.REPL_...)
int SetRepl(lua_State* lua) {
  if (lua_gettop(lua) != 1) return Raise(lua, "ERR redis.set_repl() requires two arguments.");
  const int flags = IntegerAt(lua, 1);
  if (flags < 0 || flags > static_cast<int>(PropagateTo::kAll))
    return Raise(lua,
                 "ERR Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or "
                 "REPL_NONE.");
  if (ScriptRun* run = Interpreter::Of(lua).run())
    run->propagate_to = static_cast<PropagateTo>(flags);
  return 0;
}

// {field = text}, of the one string that error_reply and status_reply take.
int ReplyTable(lua_State* lua, const char* field) {
  if (lua_gettop(lua) != 1 || lua_type(lua, 1) != LUA_TSTRING) {
    PushError(lua, "ERR wrong number or type of arguments", Counted::kNo);
    return 1;
  }
  lua_newtable(lua);
  lua_pushvalue(lua, 1);
  lua_setfield(lua, -2, field);
  return 1;
}

// redis.error_reply(text): a text without a code gets one.
int ErrorReply(lua_State* lua) {
  if (lua_gettop(lua) != 1 || lua_type(lua, 1) != LUA_TSTRING) return ReplyTable(lua, "err");
  std::string text = TextAt(lua, 1);
  text.resize(std::min(text.size(), text.find('\0')));
  if (text.starts_with('-')) text.erase(0, 1);
  if (text.find(' ') == std::string::npos) text = "ERR " + text;
  PushError(lua, OneLine(text), Counted::kNo);
  return 1;
}

// redis.status_reply(text)
int StatusReply(lua_State* lua) { return ReplyTable(lua, "ok"); }

// redis.replicate_commands(): what a script does is always what is replicated.
int ReplicateCommands(lua_State* lua) {
  lua_pushboolean(lua, 1);
  return 1;
}

// redis.breakpoint(): no debugger is attached.
int Breakpoint(lua_State* lua) {
  lua_pushboolean(lua, 0);
  return 1;
}

// redis.debug(...): nobody is there to see it.
int Debug(lua_State*) { return 0; }

constexpr luaL_Reg kFunctions[] = {
    {"call", RedisCall},
    {"pcall", RedisPCall},
    {"acl_check_cmd", AclCheckCommand},
    {"sha1hex", Sha1Hex},
    {"error_reply", ErrorReply},
    {"status_reply", StatusReply},
    {"setresp", SetResp},
    {"set_repl", SetRepl},
    {"replicate_commands", ReplicateCommands},
    {"breakpoint", Breakpoint},
    {"debug", Debug},
};

struct Number {
  const char* name;
  int value;
};

constexpr Number kReplicationTargets[] = {
    {"REPL_NONE", 0}, {"REPL_AOF", 1}, {"REPL_SLAVE", 2}, {"REPL_REPLICA", 2}, {"REPL_ALL", 3},
};

constexpr Number kLogLevels[] = {
    {"LOG_DEBUG", 0},
    {"LOG_VERBOSE", 1},
    {"LOG_NOTICE", 2},
    {"LOG_WARNING", 3},
};

void AddNumbers(lua_State* lua, std::span<const Number> numbers) {
  for (const Number& number : numbers) {
    lua_pushinteger(lua, number.value);
    lua_setfield(lua, -2, number.name);
  }
}

// "7.0.15" as 0x0007000f.
int VersionNumber(std::string_view version) {
  int number = 0;
  int part = 0;
  for (const char c : version) {
    if (c == '.') {
      number = (number + part) << 8;
      part = 0;
    } else {
      part = part * 10 + (c - '0');
    }
  }
  return number + part;
}

}  // namespace

void PushRedisTable(lua_State* lua) {
  lua_newtable(lua);
  for (const luaL_Reg& function : kFunctions) {
    lua_pushcfunction(lua, function.func);
    lua_setfield(lua, -2, function.name);
  }
  AddNumbers(lua, kReplicationTargets);
  AddLogAndVersion(lua);
}

void AddLogAndVersion(lua_State* lua) {
  lua_pushcfunction(lua, Log);
  lua_setfield(lua, -2, "log");
  AddNumbers(lua, kLogLevels);
  const std::string& version = Interpreter::Of(lua).server().version;
  lua_pushstring(lua, version.c_str());
  lua_setfield(lua, -2, "REDIS_VERSION");
  lua_pushinteger(lua, VersionNumber(version));
  lua_setfield(lua, -2, "REDIS_VERSION_NUM");
}

}  // namespace modcert::engine::scripting
