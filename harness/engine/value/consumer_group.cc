#include "engine/value/consumer_group.h"

#include "base/require.h"

namespace modcert::engine {

Consumer* ConsumerGroup::FindConsumer(std::string_view name) {
  const auto it = consumers_.find(name);
  return it == consumers_.end() ? nullptr : &it->second;
}

Consumer& ConsumerGroup::AddConsumer(std::string_view name, int64_t seen_at_ms) {
  const auto [it, added] = consumers_.try_emplace(std::string(name));
  Require(added, "a consumer is added that exists");
  it->second.seen_at_ms = seen_at_ms;
  return it->second;
}

size_t ConsumerGroup::RemoveConsumer(std::string_view name) {
  const auto it = consumers_.find(name);
  if (it == consumers_.end()) return 0;
  const size_t count = it->second.pending.size();
  for (const StreamId& id : it->second.pending) pending_.erase(id);
  consumers_.erase(it);
  return count;
}

PendingEntry* ConsumerGroup::FindPending(const StreamId& id) {
  const auto it = pending_.find(id);
  return it == pending_.end() ? nullptr : &it->second;
}

PendingEntry& ConsumerGroup::Assign(const StreamId& id, std::string_view consumer) {
  PendingEntry& entry = pending_[id];
  if (entry.consumer != consumer) {
    if (Consumer* before = FindConsumer(entry.consumer)) before->pending.erase(id);
    entry.consumer = consumer;
  }
  Consumer* owner = FindConsumer(consumer);
  Require(owner != nullptr, "an entry is assigned to no consumer");
  owner->pending.insert(id);
  return entry;
}

bool ConsumerGroup::Acknowledge(const StreamId& id) {
  const auto it = pending_.find(id);
  if (it == pending_.end()) return false;
  if (Consumer* owner = FindConsumer(it->second.consumer)) owner->pending.erase(id);
  pending_.erase(it);
  return true;
}

}  // namespace modcert::engine
