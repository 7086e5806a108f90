// MULTI, EXEC, DISCARD, WATCH and UNWATCH.
//
// The dispatcher queues the commands of an open transaction; EXEC runs them as one unit, so that
// they propagate together and nothing comes between.

#include "engine/command_call.h"
#include "engine/commands/tables.h"
#include "engine/server.h"
#include "fmt/format.h"
#include "resp/encode.h"

namespace modcert::engine {
namespace {

void EndTransaction(CommandCall& call) {
  call.client.transaction = {};
  call.keyspace().UnwatchAll(call.client);
}

// MULTI
Reply Multi(CommandCall& call) {
  if (call.client.transaction.open) return Reply::Error("ERR MULTI calls can not be nested");
  call.client.transaction.open = true;
  return Reply::Ok();
}

// What the rules of the ACL have come to forbid since the command was queued.
Reply Forbidden(CommandCall& call, const Client::QueuedCommand& queued, const AclDenial& denial) {
  call.server.acl.LogDenial(call.client, denial, *queued.command, queued.args, "multi",
                            call.now_ms());
  std::string_view reason = "no permission to execute the command or subcommand";
  if (denial.reason == AclDenial::Reason::kKey)
    reason = "no permission to touch the specified keys";
  if (denial.reason == AclDenial::Reason::kChannel)
    reason = "no permission to access one of the channels used as arguments";
  return Reply::Error(fmt::format(
      "NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC "
      "call. This command is no longer allowed for the following reason: {}",
      reason));
}

Reply RunQueued(CommandCall& call, const Client::QueuedCommand& queued) {
  const AclUser* user = call.client.user;
  if (user && !user->unrestricted())
    if (const auto denial = call.server.acl.Check(*user, *queued.command, queued.args))
      return Forbidden(call, queued, *denial);
  return call.server.Run(call.client, *queued.command, queued.args);
}

// EXEC
Reply Exec(CommandCall& call) {
  Client& client = call.client;
  if (!client.transaction.open) return Reply::Error("ERR EXEC without MULTI");
  if (client.transaction.failed) {
    EndTransaction(call);
    return Reply::Error("EXECABORT Transaction discarded because of previous errors.");
  }
  if (client.transaction.dirty || call.keyspace().WatchedKeyExpired(client)) {
    EndTransaction(call);
    return Reply::NullArray();
  }
  const std::vector<Client::QueuedCommand> queue = std::move(client.transaction.queue);
  EndTransaction(call);
  const bool deny_blocking = std::exchange(client.deny_blocking, true);
  client.exec_size = static_cast<int64_t>(queue.size());
  if (!client.DropsReplies()) resp::AppendArrayHeader(queue.size(), client.output);
  for (const Client::QueuedCommand& queued : queue) {
    const Reply reply = RunQueued(call, queued);
    if (reply.kind() == Reply::Kind::kValue) client.Send(reply.value());
  }
  client.deny_blocking = deny_blocking;
  client.exec_size = -1;
  return Reply::Written();
}

// DISCARD
Reply Discard(CommandCall& call) {
  if (!call.client.transaction.open) return Reply::Error("ERR DISCARD without MULTI");
  EndTransaction(call);
  return Reply::Ok();
}

// WATCH key [key ...]
Reply Watch(CommandCall& call) {
  if (call.client.transaction.open) return Reply::Error("ERR WATCH inside MULTI is not allowed");
  // A transaction that is lost already needs no more watching.
  if (call.client.transaction.dirty) return Reply::Ok();
  for (int i = 1; i < call.argc(); ++i)
    call.keyspace().Watch(call.client, call.client.db, call.arg(i));
  return Reply::Ok();
}

// UNWATCH
Reply Unwatch(CommandCall& call) {
  call.keyspace().UnwatchAll(call.client);
  call.client.transaction.dirty = false;
  return Reply::Ok();
}

constexpr CommandRow kTable[] = {
    {.name = "multi", .run = Multi},     {.name = "exec", .run = Exec},
    {.name = "discard", .run = Discard}, {.name = "watch", .run = Watch},
    {.name = "unwatch", .run = Unwatch},
};

}  // namespace

std::span<const CommandRow> TransactionCommands() { return kTable; }

}  // namespace modcert::engine
