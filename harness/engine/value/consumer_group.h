// A consumer group of a stream: how far it has read, and what its consumers have not acknowledged.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "engine/value/stream_id.h"

namespace modcert::engine {

struct Consumer {
  int64_t seen_at_ms = 0;
  std::set<StreamId> pending;  // ids of the group's pending entries that are this consumer's
};

// An entry that was delivered and not acknowledged.
struct PendingEntry {
  std::string consumer;
  int64_t delivered_at_ms = 0;
  uint64_t delivery_count = 1;
};

// Owned by its stream. The ids of a consumer are always those of the pending entries that name it.
class ConsumerGroup {
 public:
  // `entries_read` when nobody can tell.
  static constexpr int64_t kUnknown = -1;

  using Consumers = std::map<std::string, Consumer, std::less<>>;  // by name
  using Pending = std::map<StreamId, PendingEntry>;

  StreamId last_id;                 // the last entry delivered
  int64_t entries_read = kUnknown;  // entries that a reader of the whole stream has passed by then

  const Consumers& consumers() const { return consumers_; }
  const Pending& pending() const { return pending_; }

  // Null when there is none. The pointer lives until the consumer is removed.
  Consumer* FindConsumer(std::string_view name);
  // The consumer must not exist yet.
  Consumer& AddConsumer(std::string_view name, int64_t seen_at_ms);
  // The consumer and its pending entries go; returns how many those were.
  size_t RemoveConsumer(std::string_view name);

  PendingEntry* FindPending(const StreamId& id);
  // Makes the entry pending for a consumer, which must exist; it leaves the consumer it had.
  PendingEntry& Assign(const StreamId& id, std::string_view consumer);
  // The entry is no longer pending; false when it was not.
  bool Acknowledge(const StreamId& id);

 private:
  Consumers consumers_;
  Pending pending_;
};

}  // namespace modcert::engine
