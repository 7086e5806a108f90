// REPLICAOF, ROLE, WAIT: who follows whom.

#include "engine/replication.h"

#include <limits>

#include "base/parse_number.h"
#include "engine/cluster.h"
#include "engine/command_call.h"
#include "engine/commands/option_word.h"
#include "engine/commands/tables.h"
#include "engine/server.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

constexpr int64_t kPortMax = 65535;

// REPLICAOF host port, REPLICAOF NO ONE
Reply ReplicaOf(CommandCall& call) {
  if (call.server.cluster) return Reply::Error("ERR REPLICAOF not allowed in cluster mode.");
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

struct FailoverOptions {
  std::string host;
  int64_t port = 0;
  int64_t timeout_ms = 0;
  bool force = false;
  bool abort = false;
};

// Fills `options`; the error to answer with, or nothing.
std::optional<Reply> ParseFailoverOptions(const CommandCall& call, FailoverOptions& options) {
  for (int i = 1; i < call.argc(); ++i) {
    const int left = call.argc() - i - 1;
    if (call.ArgIs(i, "TIMEOUT") && left >= 1 && options.timeout_ms == 0) {
      const auto timeout_ms = call.IntegerArg(++i);
      if (!timeout_ms) return timeout_ms.error();
      if (*timeout_ms <= 0) return Reply::Error("ERR FAILOVER timeout must be greater than 0");
      options.timeout_ms = *timeout_ms;
    } else if (call.ArgIs(i, "ABORT") && call.argc() == 2) {
      options.abort = true;
    } else if (call.ArgIs(i, "TO") && left >= 2 && options.host.empty()) {
      const auto port = call.IntegerArg(i + 2);
      if (!port) return port.error();
      options.host = call.arg(i + 1);
      options.port = *port;
      i += 2;
    } else if (call.ArgIs(i, "FORCE") && !options.force) {
      options.force = true;
    } else {
      return Reply::SyntaxError();
    }
  }
  return std::nullopt;
}

// FAILOVER [TO host port [FORCE]] [ABORT] [TIMEOUT milliseconds]
Reply Failover(CommandCall& call) {
  if (call.server.cluster)
    return Reply::Error(
        "ERR FAILOVER not allowed in cluster mode. Use CLUSTER FAILOVER command instead.");
  FailoverOptions options;
  if (const auto error = ParseFailoverOptions(call, options)) return *error;
  Replication& replication = *call.server.replication;
  if (options.abort) return Reply::Error("ERR No failover in progress.");
  if (replication.is_replica())
    return Reply::Error("ERR FAILOVER is not valid when server is a replica.");
  if (replication.replica_count() == 0)
    return Reply::Error("ERR FAILOVER requires connected replicas.");
  if (options.force && (options.host.empty() || options.timeout_ms == 0))
    return Reply::Error(
        "ERR FAILOVER with force option requires both a timeout and target HOST and IP.");
  const auto port = static_cast<int>(options.port);
  const bool is_known = options.host == "127.0.0.1" && replication.HasReplicaOn(port);
  if (!options.host.empty() && !is_known)
    return Reply::Error("ERR FAILOVER target HOST and PORT is not a replica.");
  replication.HandOverTo(options.host.empty() ? 0 : port);
  return Reply::Ok();
}

// What one pair of REPLCONF is answered with, when that is no OK.
std::optional<Reply> ReplConfPair(const CommandCall& call, int index) {
  constexpr size_t kAddressMax = 255;
  const std::string& value = call.arg(index + 1);
  if (call.ArgIs(index, "LISTENING-PORT") || call.ArgIs(index, "RDB-ONLY")) {
    const auto number = call.IntegerArg(index + 1);
    return number ? std::nullopt : std::optional<Reply>(number.error());
  }
  if (call.ArgIs(index, "IP-ADDRESS")) {
    if (value.size() <= kAddressMax) return std::nullopt;
    return Reply::Error(
        fmt::format("ERR REPLCONF ip-address provided by replica instance is too long: {} bytes",
                    value.size()));
  }
  if (call.ArgIs(index, "CAPA")) return std::nullopt;
  if (call.ArgIs(index, "RDB-FILTER-ONLY")) {
    if (value.empty() || IsOption(value, "FUNCTIONS")) return std::nullopt;
    return Reply::Error(fmt::format("ERR Unsupported rdb-filter-only option: {}", value));
  }
  // Between servers these have no answer.
  if (call.ArgIs(index, "ACK") || call.ArgIs(index, "GETACK")) return Reply::Written();
  return Reply::Error(fmt::format("ERR Unrecognized REPLCONF option: {}", call.arg(index)));
}

// REPLCONF option value [option value ...]: what a replica says before PSYNC.
Reply ReplConf(CommandCall& call) {
  if (call.argc() % 2 == 0) return Reply::SyntaxError();
  for (int i = 1; i < call.argc(); i += 2)
    if (auto answer = ReplConfPair(call, i)) return *std::move(answer);
  return Reply::Ok();
}

constexpr CommandRow kTable[] = {
    {.name = "replicaof", .run = ReplicaOf, .partial = "servers of the same process only"},
    {.name = "slaveof", .run = ReplicaOf, .partial = "servers of the same process only"},
    {.name = "failover", .run = Failover, .partial = "over at once: replicas never lag"},
    {.name = "replconf", .run = ReplConf, .partial = "nothing follows: there is no PSYNC"},
    {.name = "role", .run = Role},
    {.name = "wait", .run = Wait},
};

}  // namespace

std::span<const CommandRow> ReplicationCommands() { return kTable; }

}  // namespace modcert::engine
