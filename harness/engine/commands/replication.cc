// REPLICAOF, ROLE, WAIT: who follows whom.

#include "engine/replication.h"

#include <limits>

#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/option_word.h"
#include "engine/commands/tables.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

constexpr int64_t kPortMax = 65535;

// REPLICAOF host port, REPLICAOF NO ONE
Reply ReplicaOf(CommandCall& call) {
  Replication& replication = *call.server.replication;
  if (IsOption(call.arg(1), "NO") && IsOption(call.arg(2), "ONE")) {
    replication.Promote();
    return Reply::Ok();
  }
  const std::optional<int64_t> port = ParseInteger(call.arg(2));
  if (!port || *port < 0 || *port > kPortMax) return Reply::Error("ERR Invalid master port");
  if (replication.is_replica() && IsOption(call.arg(1), replication.primary_host()) &&
      *port == replication.primary_port())
    return Reply::Simple("OK Already connected to specified master");
  replication.Follow(call.arg(1), static_cast<int>(*port));
  return Reply::Ok();
}

// ROLE
Reply Role(CommandCall& call) { return call.server.replication->Role(); }

// WAIT numreplicas timeout
Reply Wait(CommandCall& call) {
  Replication& replication = *call.server.replication;
  if (replication.is_replica())
    return Reply::Error(
        "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if "
        "a replica is configured to be writable (which is not the default) writes to replicas are "
        "just local and are not propagated.");
  const auto wanted = call.IntegerArg(1);
  if (!wanted) return wanted.error();
  const std::optional<int64_t> timeout_ms = ParseInteger(call.arg(2));
  if (!timeout_ms) return Reply::Error("ERR timeout is not an integer or out of range");
  if (*timeout_ms < 0) return Reply::Error("ERR timeout is negative");
  // A replica that is there has everything already.
  const auto here = static_cast<int64_t>(replication.replica_count());
  if (here >= *wanted || !call.may_block()) return Reply::Integer(here);
  const int64_t longest_ms = std::numeric_limits<int64_t>::max() - call.now_ms();
  replication.AwaitReplicas(
      call.client, *wanted,
      *timeout_ms == 0 ? 0 : call.now_ms() + std::min(*timeout_ms, longest_ms));
  return Reply::Blocked();
}

constexpr CommandRow kTable[] = {
    {.name = "replicaof", .run = ReplicaOf, .partial = "servers of the same process only"},
    {.name = "slaveof", .run = ReplicaOf, .partial = "servers of the same process only"},
    {.name = "role", .run = Role},
    {.name = "wait", .run = Wait},
};

}  // namespace

std::span<const CommandRow> ReplicationCommands() { return kTable; }

}  // namespace modcert::engine
