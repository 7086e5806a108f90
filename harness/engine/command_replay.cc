#include "engine/command_replay.h"

#include "engine/server.h"
#include "resp/decode.h"

namespace modcert::engine {
namespace {

// EXEC answers with the replies of its commands, so an error may stand inside.
std::optional<std::string> ErrorIn(const resp::Value& reply) {
  if (reply.is_error()) return reply.text;
  for (const resp::Value& child : reply.children)
    if (auto error = ErrorIn(child)) return error;
  return std::nullopt;
}

}  // namespace

CommandReplay::CommandReplay(Server& server, ReplayedFrom from)
    : server_(server),
      client_(server.Connect(Client::Origin::kInternal)),
      client_id_(client_.id()) {
  client_.authenticated = true;
  client_.collects_output = true;
  client_.is_primary_link = from == ReplayedFrom::kPrimary;
  client_.deny_blocking = client_.loads_aof = from == ReplayedFrom::kFile;
}

// Whoever ends a server may have ended all of its connections before.
CommandReplay::~CommandReplay() {
  if (server_.FindClient(client_id_)) server_.Disconnect(client_);
}

std::optional<std::string> CommandReplay::Run(Args args) {
  Keyspace& keyspace = server_.keyspace;
  const Keyspace::Expiry before = keyspace.expiry();
  keyspace.set_expiry(Keyspace::Expiry::kIgnore);
  server_.Execute(client_, std::move(args));
  keyspace.set_expiry(before);
  const std::string output = std::exchange(client_.output, {});
  if (output.empty()) return std::nullopt;
  const auto reply = resp::DecodeOne(output);
  // Several replies, or none that is whole: the command's own business, and no error of this one.
  return reply ? ErrorIn(*reply) : std::nullopt;
}

}  // namespace modcert::engine
