// The checks of Call. Each is a small function that knows one reason; RefusalOfCommand has their
// order, which a module can see by its errno when a command is refused for two reasons.

#include "module/call_refusal.h"

#include <cerrno>

#include "engine/cluster.h"
#include "engine/command_call.h"
#include "fmt/format.h"
#include "module/host.h"

namespace modcert::module {
namespace {

using engine::Client;
using engine::Command;

// Until 5.0 a command that is unknown and one with wrong arguments were told apart by nothing.
bool TellsUnknownCommands(const abi::Profile& profile) { return abi::AtLeast(profile, {6, 0, 0}); }

// Until 7.0 the three reasons of the ACL had words of their own.
bool HasWordsOfAcl(const abi::Profile& profile) { return abi::AtLeast(profile, {7, 2, 0}); }

CallRefusal NotRunnable(const RedisModuleCtx& ctx, const Command* command,
                        const CallRequest& request, const engine::Reply& why) {
  // A container by itself is known and lacks an argument; with a subcommand that is none it is not.
  const bool unknown = !command || (!command->subcommands.empty() && request.args.size() >= 2);
  const bool told = unknown && TellsUnknownCommands(ctx.host.api.profile());
  return {told ? ENOENT : EINVAL, why.value().text};
}

// S: what scripts may not call.
std::optional<CallRefusal> RefusalOfScripts(const Command& command, const CallRequest& request) {
  if (!request.modifiers.script_rules || !command.Has(engine::kCommandNoScript))
    return std::nullopt;
  return CallRefusal{ESPIPE,
                     fmt::format("ERR command '{}' is not allowed on script mode", command.name)};
}

// M: the memory as it was when the module's command began, as a server does it; a thread has none.
std::optional<CallRefusal> RefusalOfMemory(const RedisModuleCtx& ctx, const Command& command,
                                           const CallRequest& request) {
  if (!request.modifiers.obey_deny_oom || !command.Has(engine::kCommandDenyOom))
    return std::nullopt;
  const engine::Server& server = ctx.host.server;
  const bool is_full = ctx.kind == ContextKind::kCommand && server.config.maxmemory > 0
                           ? server.was_memory_full()
                           : server.IsMemoryFull();
  if (!is_full) return std::nullopt;
  return CallRefusal{ENOSPC, "OOM command not allowed when used memory > 'maxmemory'."};
}

// W
std::optional<CallRefusal> RefusalOfWrites(const Command& command, const CallRequest& request) {
  if (!request.modifiers.refuse_writes || !command.Has(engine::kCommandWrite)) return std::nullopt;
  return CallRefusal{
      ENOSPC,
      fmt::format("ERR Write command '{}' was called while write is not allowed.", command.name)};
}

// S: a write needs a primary with enough replicas, anything needs fresh data: as for the user whose
// command is running.
std::optional<CallRefusal> RefusalOfRole(const RedisModuleCtx& ctx, const Command& command,
                                         const CallRequest& request) {
  if (!request.modifiers.script_rules) return std::nullopt;
  const engine::Server& server = ctx.host.server;
  const Client anybody(0, Client::Origin::kUser);
  const Client& asking = server.current() ? *server.current() : anybody;
  std::optional<engine::Reply> why = server.RefusalOfRole(asking, command);
  if (!why) why = server.RefusalOfStaleData(asking, command);
  if (!why) return std::nullopt;
  return CallRefusal{ESPIPE, why->value().text};
}

std::string_view WordsOf(engine::AclDenial::Reason reason) {
  switch (reason) {
    case engine::AclDenial::Reason::kCommand:
      return "can't run this command or subcommand";
    case engine::AclDenial::Reason::kKey:
      return "can't access at least one of the keys mentioned in the command arguments";
    case engine::AclDenial::Reason::kChannel:
      return "can't publish to the channel mentioned in the command";
  }
  return {};
}

// C. The log names the client's own user, whoever the context acts for.
std::optional<CallRefusal> RefusalOfAcl(const RedisModuleCtx& ctx, const Command& command,
                                        const CallRequest& request) {
  const engine::AclUser* user = UserOf(ctx, request.modifiers);
  if (!user) return std::nullopt;
  engine::Server& server = ctx.host.server;
  const std::optional<engine::AclDenial> denial = server.acl.Check(*user, command, request.args);
  if (!denial) return std::nullopt;
  if (ctx.client)
    server.acl.LogDenial(*ctx.client, *denial, command, request.args, "module",
                         server.clock.now_ms());
  if (HasWordsOfAcl(ctx.host.api.profile()))
    return CallRefusal{EACCES, engine::DenialError(*denial, command)};
  return CallRefusal{EACCES,
                     fmt::format("ERR acl verification failed, {}.", WordsOf(denial->reason))};
}

std::optional<CallRefusal> RefusalOfCluster(const RedisModuleCtx& ctx, Client& client,
                                            const Command& command, const CallRequest& request) {
  using Reason = engine::ClusterRefusal::Reason;
  const engine::Server& server = ctx.host.server;
  const bool obeys = ctx.client && ctx.client->is_primary_link;
  if (!server.cluster || obeys) return std::nullopt;
  const auto refusal = server.cluster->RefusalOf(client, command, request.args);
  if (!refusal) return std::nullopt;
  if (refusal->reason == Reason::kDownForWrites)
    return CallRefusal{EROFS, "ERR Can not execute a write command '" + command.name +
                                  "' while the cluster is down and readonly"};
  if (refusal->reason == Reason::kDown)
    return CallRefusal{
        ENETDOWN, "ERR Can not execute a command '" + command.name + "' while the cluster is down"};
  return CallRefusal{EPERM, "ERR Attempted to access a non local key in a cluster node"};
}

}  // namespace

engine::AclUser* UserOf(const RedisModuleCtx& ctx, const CallModifiers& modifiers) {
  if (!modifiers.as_user) return nullptr;
  if (ctx.user) return ctx.user->user;
  return ctx.client ? ctx.client->user : nullptr;
}

std::optional<CallRefusal> RefusalOfRequest(const RedisModuleCtx& ctx, const CallRequest& request) {
  // call.user-needed
  if (request.modifiers.as_user && !UserOf(ctx, request.modifiers))
    return CallRefusal{ENOTSUP,
                       "ERR cannot run as user, no user directly attached to context or context's "
                       "client"};
  // call.bad-format: never an error reply, whatever the modifiers.
  if (!request.well_formed) return CallRefusal{EBADF, ""};
  return std::nullopt;
}

std::optional<CallRefusal> RefusalOfCommand(const RedisModuleCtx& ctx, Client& client,
                                            const Command* command, const CallRequest& request) {
  // call.unknown-command, call.wrong-arity
  if (const auto why = engine::Server::RefusalOfForm(command, request.args))
    return NotRunnable(ctx, command, request, *why);
  if (auto refusal = RefusalOfScripts(*command, request)) return refusal;      // call.script-rules
  if (auto refusal = RefusalOfMemory(ctx, *command, request)) return refusal;  // call.deny-oom
  if (auto refusal = RefusalOfWrites(*command, request)) return refusal;  // call.writes-refused
  if (auto refusal = RefusalOfRole(ctx, *command, request)) return refusal;
  if (auto refusal = RefusalOfAcl(ctx, *command, request)) return refusal;  // call.acl
  return RefusalOfCluster(ctx, client, *command, request);                  // call.cluster
}

}  // namespace modcert::module
