#include "engine/scripting/redis_call.h"

#include <lua.hpp>
#include <optional>
#include <string>
#include <utility>

#include "engine/cluster.h"
#include "engine/command_call.h"
#include "engine/memory_usage.h"
#include "engine/replication.h"
#include "engine/scripting/interpreter.h"
#include "engine/scripting/reply_to_lua.h"
#include "engine/scripting/scripting.h"
#include "engine/server.h"
#include "fmt/format.h"
#include "resp/decode.h"

namespace modcert::engine::scripting {
namespace {

constexpr std::string_view kNoArguments =
    "ERR Please specify at least one argument for this redis lib call";
constexpr std::string_view kWrongArgument =
    "ERR Lua redis lib command arguments must be strings or integers";

// The arguments on the stack as those of a command, or nothing when one is no string or number.
std::optional<Args> CommandArguments(lua_State* lua) {
  Args args;
  for (int i = 1; i <= lua_gettop(lua); ++i) {
    if (lua_type(lua, i) == LUA_TNUMBER) {
      args.push_back(fmt::format("{:.17g}", lua_tonumber(lua, i)));
      continue;
    }
    size_t size = 0;
    const char* text = lua_tolstring(lua, i, &size);
    if (!text) return std::nullopt;
    args.emplace_back(text, size);
  }
  return args;
}

// What replicas would get although the command is no write.
bool MayReplicate(const Command& command) {
  return command.name == "publish" || command.name == "spublish" || command.name == "pfcount";
}

bool ChangesData(const Command& command) {
  return command.Has(kCommandWrite) || MayReplicate(command);
}

std::string_view DenialText(const AclDenial& denial) {
  switch (denial.reason) {
    case AclDenial::Reason::kCommand:
      return "ERR The user executing the script can't run this command or subcommand";
    case AclDenial::Reason::kKey:
      return "ERR The user executing the script can't access at least one of the keys mentioned in "
             "the command arguments";
    case AclDenial::Reason::kChannel:
      return "ERR The user executing the script can't publish to the channel mentioned in the "
             "command";
  }
  return {};
}

// The script acts for whoever called it.
std::optional<std::string> Denial(Server& server, const ScriptRun& run, const Command& command,
                                  std::span<const std::string> args) {
  const AclUser* user = run.caller->user;
  if (!user) return std::nullopt;
  const std::optional<AclDenial> denial = server.acl.Check(*user, command, args);
  if (!denial) return std::nullopt;
  server.acl.LogDenial(*run.caller, *denial, command, args, "lua", server.clock.now_ms());
  return std::string(DenialText(*denial));
}

// Whose keys are not here, or not where the script has used others.
std::optional<std::string> RefusalInCluster(Server& server, ScriptRun& run, const Command& command,
                                            std::span<const std::string> args) {
  using Reason = ClusterRefusal::Reason;
  if (!server.cluster || run.caller->origin() != Client::Origin::kUser) return std::nullopt;
  if (const auto refusal = server.cluster->RefusalOf(*run.caller, command, args)) {
    if (refusal->reason == Reason::kDownForWrites)
      return "ERR Script attempted to execute a write command while the cluster is down and "
             "readonly";
    if (refusal->reason == Reason::kDown)
      return "ERR Script attempted to execute a command while the cluster is down";
    return "ERR Script attempted to access a non local key in a cluster node";
  }
  const std::optional<int> slot = Cluster::SlotOfCall(command, args);
  if (!slot || (run.flags & (kAllowCrossSlotKeys | kCompatibility)) != 0) return std::nullopt;
  if (run.slot && *run.slot != *slot)
    return "ERR Script attempted to access keys that do not hash to the same slot";
  run.slot = slot;
  return std::nullopt;
}

bool IsStale(const Server& server, const Command& command) {
  return server.replication->is_replica() && !server.replication->link_is_up() &&
         !server.config.replica_serve_stale_data && !command.Has(kCommandStale);
}

// Why a script may not run a command that the server would run. In the order of a real server.
std::optional<std::string> Refusal(Server& server, ScriptRun& run, const Command* command,
                                   std::span<const std::string> args) {
  // A container by itself is known, and has the wrong number of arguments.
  const bool unknown_subcommand = command && !command->subcommands.empty() && args.size() >= 2;
  if (!command || unknown_subcommand) return "ERR Unknown Redis command called from script";
  const int arity = command->facts->arity;
  const auto count = static_cast<int>(args.size());
  if (!command->run || (arity >= 0 ? count != arity : count < -arity))
    return "ERR Wrong number of args calling Redis command from script";
  if (command->Has(kCommandNoScript) && !server.scripting().may_call_all)
    return "ERR This Redis command is not allowed from script";
  if (IsStale(server, *command)) return "ERR Can not execute the command on a stale replica";
  if (auto denial = Denial(server, run, *command, args)) return denial;
  if (run.read_only && ChangesData(*command))
    return "ERR Write commands are not allowed from read-only scripts.";
  if (const auto refusal = server.RefusalOfRole(*run.caller, *command))
    return refusal->value().text;
  if (run.memory_was_full && !run.wrote && command->Has(kCommandDenyOom) &&
      (run.flags & kAllowOom) == 0)
    return "OOM command not allowed when used memory > 'maxmemory'.";
  return RefusalInCluster(server, run, *command, args);
}

void CountRefusal(Server& server, const Command* command, std::string_view text) {
  if (command && command->run) ++server.stats.commands[command->name].rejected_calls;
  server.CountErrorReply(text);
}

// The reply as the script's protocol has it: a map is a list in RESP2.
resp::Value ReplyOf(Client& client, const Reply& reply) {
  if (reply.kind() == Reply::Kind::kValue) client.Send(reply.value());
  auto decoded = resp::DecodeOne(std::exchange(client.output, {}));
  return decoded ? std::move(*decoded) : resp::Value::Null();
}

// Runs the command on the stack and pushes its reply, or an error.
void PushResult(lua_State* lua) {
  Interpreter& interpreter = Interpreter::Of(lua);
  Server& server = interpreter.server();
  ScriptRun* run = interpreter.run();
  if (lua_gettop(lua) == 0) return PushError(lua, kNoArguments, Counted::kNo);
  std::optional<Args> args = CommandArguments(lua);
  if (!args) return PushError(lua, kWrongArgument, Counted::kNo);
  if (!run)
    return PushError(lua, "ERR redis.call/pcall can only be called inside a script invocation",
                     Counted::kNo);
  server.ApplyCommandFilters(*run->client, *args);
  const Command* command = server.commands.Find(*args);
  if (const auto refusal = Refusal(server, *run, command, *args)) {
    CountRefusal(server, command, *refusal);
    return PushError(lua, *refusal, Counted::kYes);
  }
  if (command->Has(kCommandWrite)) run->wrote = true;
  run->client->output.clear();
  const Reply reply = server.Run(*run->client, *command, *args, run->propagate_to);
  PushReply(lua, ReplyOf(*run->client, reply), run->client->protocol);
}

int Raise(lua_State* lua, std::string_view text) {
  PushError(lua, text, Counted::kNo);
  return lua_error(lua);
}

bool IsError(lua_State* lua) {
  if (!lua_istable(lua, -1)) return false;
  lua_pushliteral(lua, "err");
  lua_rawget(lua, -2);
  const bool is_error = lua_isstring(lua, -1) != 0;
  lua_pop(lua, 1);
  return is_error;
}

}  // namespace

int RedisCall(lua_State* lua) {
  PushResult(lua);
  if (IsError(lua)) return lua_error(lua);
  return 1;
}

int RedisPCall(lua_State* lua) {
  PushResult(lua);
  return 1;
}

int AclCheckCommand(lua_State* lua) {
  Interpreter& interpreter = Interpreter::Of(lua);
  if (lua_gettop(lua) == 0) return Raise(lua, kNoArguments);
  const auto args = CommandArguments(lua);
  if (!args) return Raise(lua, kWrongArgument);
  const Command* command = interpreter.server().commands.Find(*args);
  const bool known = command && (command->subcommands.empty() || args->size() < 2);
  if (!known) return Raise(lua, "ERR Invalid command passed to redis.acl_check_cmd()");
  const ScriptRun* run = interpreter.run();
  const AclUser* user = run ? run->caller->user : nullptr;
  lua_pushboolean(lua, !user || !interpreter.server().acl.Check(*user, *command, *args));
  return 1;
}

}  // namespace modcert::engine::scripting
