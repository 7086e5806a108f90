// What a client says about its own connection: PING, SELECT, AUTH, HELLO, RESET and QUIT.

#include "base/parse_number.h"
#include "engine/cluster.h"
#include "engine/command_call.h"
#include "engine/commands/client_name.h"
#include "engine/commands/db_arg.h"
#include "engine/commands/tables.h"
#include "engine/replication.h"
#include "engine/server.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

using resp::Value;

// PING [message]
Reply Ping(CommandCall& call) {
  if (call.argc() > 2) return Reply::WrongArity("ping");
  // A RESP2 client with subscriptions can only be sent arrays.
  if (!call.resp3() && call.client.SubscriptionCount() > 0)
    return Reply::Array({Value::Bulk("pong"), Value::Bulk(call.argc() == 2 ? call.arg(1) : "")});
  return call.argc() == 2 ? Reply::Bulk(call.arg(1)) : Reply::Simple("PONG");
}

// ECHO message
Reply Echo(CommandCall& call) { return Reply::Bulk(call.arg(1)); }

// SELECT index
Reply Select(CommandCall& call) {
  const auto db = DbArg(call, 1);
  if (!db && !call.server.cluster) return db.error();
  if (call.server.cluster && !call.IntegerArg(1)) return db.error();
  if (call.server.cluster && (!db || *db != 0))
    return Reply::Error("ERR SELECT is not allowed in cluster mode");
  call.client.db = *db;
  return Reply::Ok();
}

// QUIT
Reply Quit(CommandCall& call) {
  call.client.close_after_reply = true;
  return Reply::Ok();
}

// RESET: the connection becomes as a new one.
Reply Reset(CommandCall& call) {
  Client& client = call.client;
  client.transaction = {};
  call.keyspace().UnwatchAll(client);
  call.server.pubsub.Forget(client);
  call.server.tracking.Disable(client);
  call.server.RemoveMonitor(client);
  client.db = 0;
  client.protocol = resp::Protocol::kResp2;
  client.asking = false;
  client.reads_from_replica = false;
  client.name.clear();
  client.reply_mode = Client::ReplyMode::kOn;
  client.user = &call.server.acl.default_user();
  client.authenticated = !call.server.acl.RequiresAuth();
  client.UserChanged();
  return Reply::Simple("RESET");
}

// What a module gives as the reason, as an error of the protocol.
Reply Denial(const std::string& reason) {
  if (reason.empty())
    return Reply::Error("WRONGPASS invalid username-password pair or user is disabled.");
  return Reply::Error(reason.starts_with('-') ? reason.substr(1) : "ERR " + reason);
}

// Modules decide first, then the password. Nothing when the client is in; else what to answer with.
std::optional<Reply> LogIn(CommandCall& call, std::string_view name, std::string_view password) {
  using Verdict = Server::Verdict;
  Server& server = call.server;
  Server::Authentication modules;
  if (server.authenticate) modules = server.authenticate(call, name, password);
  if (modules.verdict == Verdict::kWaits) return Reply::Blocked();
  AclUser* user = modules.verdict == Verdict::kOpen ? server.acl.LogIn(name, password) : nullptr;
  const bool granted = user || modules.verdict == Verdict::kGranted;
  server.events.Fire(AuthenticationTried{call.client, name, modules.module, granted});
  if (!granted) {
    server.acl.LogFailedAuth(call.client, call.arg(0), name, call.now_ms());
    return Denial(modules.error);
  }
  if (!user) return std::nullopt;
  call.client.user = user;
  call.client.authenticated = true;
  call.client.UserChanged();
  return std::nullopt;
}

// AUTH [username] password
Reply Auth(CommandCall& call) {
  if (call.argc() > 3) return Reply::SyntaxError();
  call.Redact(1);
  if (call.argc() == 3) call.Redact(2);
  if (call.argc() == 2 && call.server.acl.default_user().no_password)
    return Reply::Error(
        "ERR AUTH <password> called without any password configured for the default user. Are you "
        "sure your configuration is correct?");
  const std::string user = call.argc() == 3 ? call.arg(1) : "default";
  const auto error = LogIn(call, user, call.arg(call.argc() - 1));
  return error ? *error : Reply::Ok();
}

// The options of HELLO take effect one by one; the error of the first wrong one, or nothing.
std::optional<Reply> ApplyHelloOptions(CommandCall& call) {
  for (int i = 2; i < call.argc(); ++i) {
    const int left = call.argc() - i - 1;
    std::optional<Reply> error;
    if (call.ArgIs(i, "AUTH") && left >= 2) {
      call.Redact(i + 1);
      call.Redact(i + 2);
      error = LogIn(call, call.arg(i + 1), call.arg(i + 2));
      i += 2;
    } else if (call.ArgIs(i, "SETNAME") && left >= 1) {
      error = SetClientName(call.client, call.arg(++i));
    } else {
      error = Reply::Error(fmt::format("ERR Syntax error in HELLO option '{}'", call.arg(i)));
    }
    if (error) return error;
  }
  return std::nullopt;
}

Reply DescribeServer(CommandCall& call) {
  const Server& server = call.server;
  const bool is_valkey = !server.valkey_version.empty();
  return Value::Map(
      {Value::Bulk("server"), Value::Bulk(is_valkey ? "valkey" : "redis"), Value::Bulk("version"),
       Value::Bulk(is_valkey ? server.valkey_version : server.version), Value::Bulk("proto"),
       Value::Integer(static_cast<int>(call.client.protocol)), Value::Bulk("id"),
       Value::Integer(static_cast<int64_t>(call.client.id())), Value::Bulk("mode"),
       Value::Bulk(call.server.cluster ? "cluster" : "standalone"), Value::Bulk("role"),
       Value::Bulk(call.server.replication->is_replica() ? "replica" : "master"),
       Value::Bulk("modules"),
       call.server.list_modules ? call.server.list_modules() : Value::Array()});
}

// HELLO [protover [AUTH username password] [SETNAME name]]
Reply Hello(CommandCall& call) {
  std::optional<int64_t> version;
  if (call.argc() > 1) {
    version = ParseInteger(call.arg(1));
    if (!version) return Reply::Error("ERR Protocol version is not an integer or out of range");
    if (*version != 2 && *version != 3) return Reply::Error("NOPROTO unsupported protocol version");
  }
  if (const auto error = ApplyHelloOptions(call)) return *error;
  if (!call.client.authenticated)
    return Reply::Error(
        "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO "
        "AUTH <user> <pass> option can be used to authenticate the client and select the RESP "
        "protocol version at the same time");
  if (version) call.client.protocol = static_cast<resp::Protocol>(*version);
  return DescribeServer(call);
}

constexpr CommandRow kTable[] = {
    {.name = "ping", .run = Ping},     {.name = "echo", .run = Echo},
    {.name = "select", .run = Select}, {.name = "quit", .run = Quit},
    {.name = "reset", .run = Reset},   {.name = "auth", .run = Auth},
    {.name = "hello", .run = Hello},
};

}  // namespace

std::span<const CommandRow> ConnectionCommands() { return kTable; }

}  // namespace modcert::engine
