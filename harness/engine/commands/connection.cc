// PING, ECHO, SELECT and what else a client says about its own connection.

#include "engine/command_call.h"
#include "engine/commands/db_arg.h"
#include "engine/commands/tables.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

// PING [message]
Reply Ping(CommandCall& call) {
  if (call.argc() > 2) return Reply::WrongArity("ping");
  // A RESP2 client with subscriptions can only be sent arrays.
  if (!call.resp3() && call.client.SubscriptionCount() > 0)
    return Reply::Array(
        {resp::Value::Bulk("pong"), resp::Value::Bulk(call.argc() == 2 ? call.arg(1) : "")});
  return call.argc() == 2 ? Reply::Bulk(call.arg(1)) : Reply::Simple("PONG");
}

// ECHO message
Reply Echo(CommandCall& call) { return Reply::Bulk(call.arg(1)); }

// SELECT index
Reply Select(CommandCall& call) {
  const auto db = DbArg(call, 1);
  if (!db) return db.error();
  call.client.db = *db;
  return Reply::Ok();
}

constexpr CommandRow kTable[] = {
    {.name = "ping", .run = Ping},
    {.name = "echo", .run = Echo},
    {.name = "select", .run = Select},
};

}  // namespace

std::span<const CommandRow> ConnectionCommands() { return kTable; }

}  // namespace modcert::engine
