#include "engine/eviction.h"

#include <optional>
#include <string>

#include "engine/memory_usage.h"
#include "engine/replication.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

struct Candidate {
  int db;
  std::string key;
  int64_t rank;  // the least goes first
};

// How much there is to say for keeping an entry; nothing for one that the policy does not touch.
std::optional<int64_t> RankOf(const Entry& entry, std::string_view policy) {
  const bool is_volatile = entry.expire_at_ms != kNoExpiry;
  if (policy.starts_with("volatile") && !is_volatile) return std::nullopt;
  if (policy.ends_with("lru")) return entry.accessed_at_ms;
  if (policy.ends_with("lfu")) return entry.frequency;
  if (policy.ends_with("ttl")) return entry.expire_at_ms;
  return 0;  // random
}

std::optional<Candidate> BestCandidate(Server& server, const std::string& policy) {
  std::optional<Candidate> best;
  size_t equal_count = 0;
  for (int db = 0; db < server.keyspace.db_count(); ++db)
    server.keyspace.db(db).keys.ForEach([&](const std::string& key, const auto& entry) {
      const std::optional<int64_t> rank = RankOf(*entry, policy);
      if (!rank) return;
      const bool draws =
          policy.ends_with("random") && best && server.random.Below(++equal_count + 1) == 0;
      if (!best || *rank < best->rank || draws) best = {db, key, *rank};
    });
  return best;
}

// eviction.order: the event comes when the key is gone, and before it is propagated.
void Evict(Server& server, const Candidate& candidate) {
  const ExecutionUnit unit(server.propagation);
  server.keyspace.Remove(candidate.db, candidate.key, Freeing::kEvicted);
  ++server.stats.evicted_keys;
  server.keyspace.Touched(candidate.db, candidate.key, nullptr);
  server.notifier.Notify({EventClass::kEvicted, "evicted", candidate.key, candidate.db});
  server.propagation.Add(candidate.db, {"DEL", candidate.key});
}

}  // namespace

bool EvictToFit(Server& server) {
  const int64_t limit = server.config.maxmemory;
  // A replica waits for its primary to evict.
  if (limit == 0 || server.replication->is_replica()) return true;
  int64_t used = UsedMemory(server.keyspace);
  if (used <= limit) return true;
  const std::string policy = server.config.Get("maxmemory-policy");
  while (used > limit && policy != "noeviction") {
    const std::optional<Candidate> candidate = BestCandidate(server, policy);
    if (!candidate) return false;
    Evict(server, *candidate);
    used = UsedMemory(server.keyspace);
  }
  return used <= limit;
}

}  // namespace modcert::engine
