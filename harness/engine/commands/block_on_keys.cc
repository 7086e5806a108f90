#include "engine/commands/block_on_keys.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/parse_number.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

// Runs `try_key` for a client that waited, as a command of its own: with its own propagation.
bool ServeWaiting(Server& server, Client& client, const Command& command, const Args& args,
                  const TryKey& try_key, const std::string& key) {
  const ExecutionUnit unit(server.propagation);
  CommandCall call(server, client, command, args);
  const std::optional<Reply> reply = try_key(call, key);
  if (!reply) return false;
  server.stats.dirty += call.dirty();
  for (Args& propagated : call.TakePropagation())
    server.propagation.Add(call.propagation_db(), std::move(propagated), client.propagates_to);
  if (reply->is_error()) {
    server.CountErrorReply(client, reply->value().text);
    ++server.stats.commands[command.name].failed_calls;
  }
  client.Send(reply->value());
  server.tracking.SendPending(client);
  return true;
}

std::vector<std::string> WithoutRepeats(std::span<const std::string> keys) {
  std::vector<std::string> distinct;
  for (const std::string& key : keys)
    if (std::find(distinct.begin(), distinct.end(), key) == distinct.end()) distinct.push_back(key);
  return distinct;
}

}  // namespace

std::optional<Reply> ParseBlockingTimeout(const CommandCall& call, std::string_view text,
                                          int64_t& deadline_ms) {
  const std::optional<long double> seconds = ParseLongDouble(text);
  if (!seconds) return Reply::Error("ERR timeout is not a float or out of range");
  const long double ms = std::ceil(*seconds * 1000);
  // Too large a number is called negative as well: a real server lets it overflow.
  constexpr auto kMax = static_cast<long double>(std::numeric_limits<int64_t>::max());
  if (ms < 0 || ms > kMax) return Reply::Error("ERR timeout is negative");
  const auto whole_ms = static_cast<int64_t>(ms);
  const bool for_ever =
      whole_ms == 0 || whole_ms > std::numeric_limits<int64_t>::max() - call.now_ms();
  deadline_ms = for_ever ? 0 : call.now_ms() + whole_ms;
  return std::nullopt;
}

Reply ServeOrBlock(CommandCall& call, const BlockingWait& wait) {
  for (const std::string& key : wait.keys)
    if (std::optional<Reply> reply = wait.try_key(call, key)) return *reply;
  if (!call.may_block()) return wait.when_denied;

  BlockedState state;
  state.db = call.client.db;
  state.keys = WithoutRepeats(wait.keys);
  state.awaits = wait.holds_wanted;
  state.deadline_ms = wait.deadline_ms;
  state.on_timeout = [] { return Reply::NullArray(); };
  state.serve = [&server = call.server, &client = call.client, &command = call.command,
                 args = Args(call.args.begin(), call.args.end()), try_key = wait.try_key,
                 holds_wanted = wait.holds_wanted](const std::string& key) {
    const Entry* ready = server.keyspace.FindForWrite(client.db, key);
    return ready && holds_wanted(ready->value) &&
           ServeWaiting(server, client, command, args, try_key, key);
  };
  call.server.blocking.Block(call.client, std::move(state));
  return Reply::Blocked();
}

void TookItem(CommandCall& call, std::string_view event, std::string_view key) {
  const bool waited = call.client.blocked.has_value();  // it still counts as blocked while served
  if (!waited) call.Touched(key);
  call.Notify(EventClass::kList, event, key);
  call.AddDirty(1);
}

}  // namespace modcert::engine
