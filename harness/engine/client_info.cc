#include "engine/client_info.h"

#include <algorithm>

#include "engine/acl_user.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

std::string Flags(const Client& client) {
  std::string flags;
  if (client.is_monitor) flags += 'O';
  if (client.reads_from_replica) flags += 'r';
  if (client.SubscriptionCount() > 0) flags += 'P';
  if (client.transaction.open || client.exec_size >= 0) flags += 'x';
  if (client.blocked) flags += 'b';
  if (client.tracking.on) flags += 't';
  if (client.tracking.broken_redirect) flags += 'R';
  if (client.tracking.broadcast) flags += 'B';
  if (client.transaction.dirty) flags += 'd';
  if (client.close_after_reply) flags += 'c';
  if (client.no_evict) flags += 'e';
  return flags.empty() ? "N" : flags;
}

int64_t Count(const Client& client, PubSub::Kind kind) {
  return std::count_if(client.subscriptions.begin(), client.subscriptions.end(),
                       [&](const auto& subscription) { return subscription.first == kind; });
}

}  // namespace

std::string DescribeClient(const Client& client, int64_t now_ms) {
  const int64_t queued = client.transaction.open
                             ? static_cast<int64_t>(client.transaction.queue.size())
                             : client.exec_size;
  const int64_t redirect = client.tracking.on ? static_cast<int64_t>(client.tracking.redirect) : -1;
  return fmt::format(
      "id={} addr={} laddr={} fd=-1 name={} age={} idle={} flags={} db={} sub={} "
      "psub={} ssub={} multi={} qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 "
      "omem=0 tot-mem=0 events=r cmd={} user={} redir={} resp={}",
      client.id(), kClientAddress, kClientAddress, client.name,
      (now_ms - client.created_at_ms) / 1000, (now_ms - client.last_active_ms) / 1000,
      Flags(client), client.db, Count(client, PubSub::Kind::kChannel),
      Count(client, PubSub::Kind::kPattern), Count(client, PubSub::Kind::kShardChannel), queued,
      client.last_command.empty() ? "NULL" : client.last_command,
      client.user ? client.user->name : "(superuser)", redirect, static_cast<int>(client.protocol));
}

}  // namespace modcert::engine
