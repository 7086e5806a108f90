// CLIENT: what connections know about themselves and do to each other.

#include <algorithm>
#include <limits>

#include "base/parse_number.h"
#include "engine/client_info.h"
#include "engine/command_call.h"
#include "engine/commands/client_name.h"
#include "engine/commands/tables.h"
#include "engine/server.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

using resp::Value;

// CLIENT ID
Reply ClientId(CommandCall& call) { return Reply::Integer(static_cast<int64_t>(call.client.id())); }

// CLIENT GETNAME
Reply ClientGetName(CommandCall& call) {
  return call.client.name.empty() ? Reply::Null() : Reply::Bulk(call.client.name);
}

// CLIENT SETNAME name
Reply ClientSetName(CommandCall& call) {
  const auto error = SetClientName(call.client, call.arg(2));
  return error ? *error : Reply::Ok();
}

// CLIENT INFO
Reply ClientInfo(CommandCall& call) {
  return Value::Verbatim("txt", DescribeClient(call.client, call.now_ms()) + "\n");
}

enum class ClientType { kNormal, kPubSub, kOther };

std::optional<ClientType> ParseClientType(std::string_view text) {
  const CommandNameEqual equal;
  if (equal(text, "normal")) return ClientType::kNormal;
  if (equal(text, "pubsub")) return ClientType::kPubSub;
  // Nobody here is of these types.
  if (equal(text, "master") || equal(text, "replica") || equal(text, "slave"))
    return ClientType::kOther;
  return std::nullopt;
}

Reply UnknownClientType(std::string_view text) {
  return Reply::Error(fmt::format("ERR Unknown client type '{}'", text));
}

ClientType TypeOf(const Client& client) {
  return client.SubscriptionCount() > 0 ? ClientType::kPubSub : ClientType::kNormal;
}

Reply ListClientsById(CommandCall& call) {
  std::string lines;
  for (int i = 3; i < call.argc(); ++i) {
    const std::optional<int64_t> id = ParseInteger(call.arg(i));
    if (!id) return Reply::Error("ERR Invalid client ID");
    const Client* client = call.server.FindClient(static_cast<uint64_t>(*id));
    if (client && client->origin() == Client::Origin::kUser)
      lines += DescribeClient(*client, call.now_ms()) + "\n";
  }
  return Value::Verbatim("txt", lines);
}

// CLIENT LIST [TYPE type | ID id [id ...]]
Reply ClientList(CommandCall& call) {
  std::optional<ClientType> type;
  if (call.argc() >= 4 && call.ArgIs(2, "ID")) return ListClientsById(call);
  if (call.argc() == 4 && call.ArgIs(2, "TYPE")) {
    type = ParseClientType(call.arg(3));
    if (!type) return UnknownClientType(call.arg(3));
  } else if (call.argc() != 2) {
    return Reply::SyntaxError();
  }
  std::string lines;
  for (const auto& [id, client] : call.server.clients()) {
    if (client->origin() != Client::Origin::kUser) continue;
    if (!type || TypeOf(*client) == *type) lines += DescribeClient(*client, call.now_ms()) + "\n";
  }
  return Value::Verbatim("txt", lines);
}

// CLIENT NO-EVICT ON | OFF: nobody is evicted here, but the flag shows.
Reply ClientNoEvict(CommandCall& call) {
  const bool on = call.ArgIs(2, "ON");
  if (!on && !call.ArgIs(2, "OFF")) return Reply::SyntaxError();
  call.client.no_evict = on;
  return Reply::Ok();
}

// CLIENT REPLY ON | OFF | SKIP
Reply ClientReply(CommandCall& call) {
  using Mode = Client::ReplyMode;
  if (call.ArgIs(2, "ON")) {
    call.client.reply_mode = Mode::kOn;
    return Reply::Ok();
  }
  if (call.ArgIs(2, "OFF"))
    call.client.reply_mode = Mode::kOff;
  else if (!call.ArgIs(2, "SKIP"))
    return Reply::SyntaxError();
  else if (call.client.reply_mode != Mode::kOff)
    call.client.reply_mode = Mode::kSkipNext;
  return Reply::Written();
}

// CLIENT UNBLOCK id [TIMEOUT | ERROR]
Reply ClientUnblock(CommandCall& call) {
  bool with_error = false;
  if (call.argc() == 4) {
    with_error = call.ArgIs(3, "ERROR");
    if (!with_error && !call.ArgIs(3, "TIMEOUT"))
      return Reply::Error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
  }
  const auto id = call.IntegerArg(2);
  if (!id) return id.error();
  Client* client = call.server.FindClient(static_cast<uint64_t>(*id));
  // One that waits for a module without a timeout cannot be woken.
  if (!client || !client->blocked || !client->blocked->on_timeout ||
      !client->blocked->may_be_unblocked)
    return Reply::Integer(0);
  if (with_error) {
    if (const auto on_disconnect = client->blocked->on_disconnect) on_disconnect();
    call.server.blocking.Unblock(*client);
    constexpr std::string_view kError = "UNBLOCKED client unblocked via CLIENT UNBLOCK";
    call.server.CountErrorReply(*client, kError);
    client->Send(Value::Error(kError));
  } else {
    call.server.blocking.TimeOut(*client);
  }
  call.server.NoteUnblocked(*client);
  return Reply::Integer(1);
}

// Which clients CLIENT KILL means; all that is given must fit.
struct KillFilter {
  std::optional<int64_t> id;
  std::optional<ClientType> type;
  std::optional<std::string> address;  // all have the same
  const AclUser* user = nullptr;
  bool skip_me = true;
};

// Reads one pair of the filter; the error to answer with, or nothing.
std::optional<Reply> ParseKillPair(const CommandCall& call, int index, KillFilter& filter) {
  const std::string& text = call.arg(index + 1);
  if (call.ArgIs(index, "ID")) {
    filter.id = ParseInteger(text);
    if (!filter.id || *filter.id < 1) return Reply::Error("ERR client-id should be greater than 0");
  } else if (call.ArgIs(index, "TYPE")) {
    filter.type = ParseClientType(text);
    if (!filter.type) return UnknownClientType(text);
  } else if (call.ArgIs(index, "ADDR") || call.ArgIs(index, "LADDR")) {
    filter.address = text;
  } else if (call.ArgIs(index, "USER")) {
    filter.user = call.server.acl.Find(text);
    if (!filter.user) return Reply::Error(fmt::format("ERR No such user '{}'", text));
  } else if (call.ArgIs(index, "SKIPME") &&
             (call.ArgIs(index + 1, "yes") || call.ArgIs(index + 1, "no"))) {
    filter.skip_me = call.ArgIs(index + 1, "yes");
  } else {
    return Reply::SyntaxError();
  }
  return std::nullopt;
}

bool Fits(const CommandCall& call, const KillFilter& filter, const Client& client) {
  if (client.origin() != Client::Origin::kUser) return false;
  if (filter.address && *filter.address != kClientAddress) return false;
  if (filter.id && static_cast<uint64_t>(*filter.id) != client.id()) return false;
  if (filter.user && client.user != filter.user) return false;
  if (filter.type && TypeOf(client) != *filter.type) return false;
  return !filter.skip_me || &client != &call.client;
}

// CLIENT KILL address: the one client that has it, or here the first.
Reply KillByAddress(CommandCall& call) {
  const auto& clients = call.server.clients();
  const auto it = std::find_if(clients.begin(), clients.end(), [&](const auto& entry) {
    return entry.second->origin() == Client::Origin::kUser && call.arg(2) == kClientAddress;
  });
  if (it == clients.end()) return Reply::Error("ERR No such client");
  call.server.Kill(*it->second);
  return Reply::Ok();
}

// CLIENT KILL [ID id] [TYPE type] [ADDR address] [LADDR address] [USER name] [SKIPME yes | no]
Reply ClientKill(CommandCall& call) {
  if (call.argc() == 3) return KillByAddress(call);
  if (call.argc() % 2 != 0) return Reply::SyntaxError();
  KillFilter filter;
  for (int i = 2; i < call.argc(); i += 2)
    if (const auto error = ParseKillPair(call, i, filter)) return *error;

  std::vector<Client*> killed;
  for (const auto& [id, client] : call.server.clients())
    if (Fits(call, filter, *client)) killed.push_back(client.get());
  for (Client* client : killed) call.server.Kill(*client);
  return Reply::Integer(static_cast<int64_t>(killed.size()));
}

// CLIENT PAUSE timeout [WRITE | ALL]
Reply ClientPause(CommandCall& call) {
  using Mode = Server::PauseMode;
  if (call.argc() > 4)
    return Reply::Error(
        "ERR unknown subcommand or wrong number of arguments for 'PAUSE'. Try CLIENT HELP.");
  const bool writes_only = call.argc() == 4 && call.ArgIs(3, "WRITE");
  if (call.argc() == 4 && !writes_only && !call.ArgIs(3, "ALL"))
    return Reply::Error("ERR CLIENT PAUSE mode must be WRITE or ALL");
  const std::optional<int64_t> timeout_ms = ParseInteger(call.arg(2));
  if (!timeout_ms) return Reply::Error("ERR timeout is not an integer or out of range");
  if (*timeout_ms < 0) return Reply::Error("ERR timeout is negative");
  const int64_t longest_ms = std::numeric_limits<int64_t>::max() - call.now_ms();
  call.server.Pause(call.now_ms() + std::min(*timeout_ms, longest_ms),
                    writes_only ? Mode::kWrites : Mode::kAll);
  return Reply::Ok();
}

// CLIENT UNPAUSE
Reply ClientUnpause(CommandCall& call) {
  call.server.Unpause();
  return Reply::Ok();
}

constexpr CommandRow kTable[] = {
    {.name = "client|id", .run = ClientId},
    {.name = "client|getname", .run = ClientGetName},
    {.name = "client|setname", .run = ClientSetName},
    {.name = "client|info", .run = ClientInfo, .partial = "all have one address, and no sizes"},
    {.name = "client|list", .run = ClientList, .partial = "all have one address, and no sizes"},
    {.name = "client|no-evict", .run = ClientNoEvict},
    {.name = "client|reply", .run = ClientReply},
    {.name = "client|unblock", .run = ClientUnblock},
    {.name = "client|kill", .run = ClientKill, .partial = "all have one address"},
    {.name = "client|pause", .run = ClientPause},
    {.name = "client|unpause", .run = ClientUnpause},
};

}  // namespace

std::span<const CommandRow> ClientCommands() { return kTable; }

}  // namespace modcert::engine
