#include "engine/value/stream.h"

#include <algorithm>
#include <limits>

#include "base/require.h"
#include "engine/rdb/listpack.h"

namespace modcert::engine {
namespace {

using rdb::ListpackIntegerSize;
using rdb::ListpackStringSize;

// No listpack is larger, whatever stream-node-max-bytes says.
constexpr size_t kNodeMaxBytes = size_t{1} << 30;

bool HasFields(const std::vector<std::string>& names, std::span<const std::string> fields) {
  if (names.size() * 2 != fields.size()) return false;
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i] != fields[2 * i]) return false;
  return true;
}

size_t BytesOf(std::span<const std::string> fields) {
  size_t bytes = 0;
  for (const std::string& text : fields) bytes += text.size();
  return bytes;
}

// The node that an id belongs into: the last that begins at or before it.
template <typename NodeMap>
auto NodeOf(NodeMap& nodes, const StreamId& id) {
  auto it = nodes.upper_bound(id);
  return it == nodes.begin() ? nodes.end() : std::prev(it);
}

template <typename Entries>
auto FirstFrom(Entries& entries, const StreamId& id) {
  return std::lower_bound(
      entries.begin(), entries.end(), id,
      [](const StreamEntry& entry, const StreamId& wanted) { return entry.id < wanted; });
}

}  // namespace

size_t StreamEntryBytes(const StreamEntry& entry, const StreamId& node_id) {
  const auto field_count = static_cast<int64_t>(entry.fields.size() / 2);
  const size_t step = entry.has_master_fields ? 2 : 1;
  size_t bytes = 0;
  for (size_t i = step - 1; i < entry.fields.size(); i += step)
    bytes += ListpackStringSize(entry.fields[i]);
  if (!entry.has_master_fields) bytes += ListpackIntegerSize(field_count);
  const int64_t element_count = entry.has_master_fields ? field_count + 3 : 2 * field_count + 4;
  return bytes + ListpackIntegerSize(0) +  // the flags
         ListpackIntegerSize(static_cast<int64_t>(entry.id.ms - node_id.ms)) +
         ListpackIntegerSize(static_cast<int64_t>(entry.id.seq - node_id.seq)) +
         ListpackIntegerSize(element_count);
}

size_t StreamNode::bytes() const {
  constexpr size_t kAround = 6 + 1;  // header and end of a listpack
  size_t bytes = kAround + ListpackIntegerSize(static_cast<int64_t>(live_count)) +
                 ListpackIntegerSize(static_cast<int64_t>(deleted_count())) +
                 ListpackIntegerSize(static_cast<int64_t>(master_fields.size())) +
                 ListpackIntegerSize(0);
  for (const std::string& name : master_fields) bytes += ListpackStringSize(name);
  return bytes + entry_bytes;
}

std::optional<StreamId> Stream::NextId(int64_t now_ms) const {
  const auto ms = static_cast<uint64_t>(now_ms);
  if (ms > last_id_.ms) return StreamId{ms, 0};
  StreamId id = last_id_;
  if (!id.Increment()) return std::nullopt;
  return id;
}

std::optional<StreamId> Stream::NextIdWithin(uint64_t ms) const {
  if (ms != last_id_.ms) {
    if (ms < last_id_.ms) return std::nullopt;
    return StreamId{ms, 0};
  }
  if (last_id_.seq == UINT64_MAX) return std::nullopt;
  return StreamId{ms, last_id_.seq + 1};
}

bool Stream::HasRoom(const StreamNode& node, std::span<const std::string> fields) const {
  size_t bytes_max = static_cast<size_t>(limits_->stream_node_max_bytes);
  if (bytes_max == 0 || bytes_max > kNodeMaxBytes) bytes_max = kNodeMaxBytes;
  if (node.bytes() + BytesOf(fields) >= bytes_max) return false;
  const int64_t entries_max = limits_->stream_node_max_entries;
  return entries_max == 0 || std::cmp_less(node.entries.size(), entries_max);
}

StreamNode& Stream::NodeForAppend(const StreamId& id, std::span<const std::string> fields) {
  if (!nodes_.empty()) {
    StreamNode& last = nodes_.rbegin()->second;
    if (HasRoom(last, fields)) return last;
    last.allocated_bytes = last.bytes();
  }
  // A new node gets room at once, and gives back what it does not need when the next one comes.
  constexpr size_t kRoom = 4096;
  StreamNode node;
  const auto bytes_max = static_cast<size_t>(limits_->stream_node_max_bytes);
  node.allocated_bytes = bytes_max > 0 ? std::min(bytes_max, kRoom) : kRoom;
  for (size_t i = 0; i < fields.size(); i += 2) node.master_fields.push_back(fields[i]);
  return nodes_.emplace_hint(nodes_.end(), id, std::move(node))->second;
}

void Stream::Append(const StreamId& id, std::span<const std::string> fields) {
  Require(id > last_id_, "a stream's ids only grow");
  StreamNode& node = NodeForAppend(id, fields);
  StreamEntry entry{.id = id,
                    .fields = {fields.begin(), fields.end()},
                    .has_master_fields = HasFields(node.master_fields, fields)};
  node.entry_bytes += StreamEntryBytes(entry, nodes_.rbegin()->first);
  node.entries.push_back(std::move(entry));
  ++node.live_count;
  node.allocated_bytes = std::max(node.allocated_bytes, node.bytes());
  last_id_ = id;
  ++entries_added_;
  if (++size_ == 1) first_id_ = id;
}

bool Stream::Delete(const StreamId& id) {
  if (!DeleteUnnoted(id)) return false;
  max_deleted_id_ = std::max(max_deleted_id_, id);
  if (id == first_id_ || size_ == 0) NoteFirst();
  return true;
}

bool Stream::DeleteUnnoted(const StreamId& id) {
  const auto node = NodeOf(nodes_, id);
  if (node == nodes_.end()) return false;
  const auto entry = FirstFrom(node->second.entries, id);
  if (entry == node->second.entries.end() || entry->id != id || entry->is_deleted) return false;
  entry->is_deleted = true;
  --size_;
  if (--node->second.live_count == 0) nodes_.erase(node);
  return true;
}

size_t Stream::Trim(const StreamTrim& trim) {
  const bool by_length = trim.kind == StreamTrim::Kind::kMaxLength;
  size_t trimmed = 0;
  while (!nodes_.empty()) {
    const StreamNode& node = nodes_.begin()->second;
    if (by_length && size_ <= trim.max_length) break;
    if (trim.limit > 0 && std::cmp_greater(trimmed + node.live_count, trim.limit)) break;
    const bool whole = by_length ? size_ - node.live_count >= trim.max_length
                                 : node.entries.back().id < trim.min_id;
    if (whole) {
      trimmed += node.live_count;
      size_ -= node.live_count;
      nodes_.erase(nodes_.begin());
      continue;
    }
    if (!trim.whole_nodes) trimmed += TrimFirstNode(trim);
    break;
  }
  if (trimmed > 0 || size_ == 0) NoteFirst();
  return trimmed;
}

size_t Stream::TrimFirstNode(const StreamTrim& trim) {
  StreamNode& node = nodes_.begin()->second;
  size_t trimmed = 0;
  for (StreamEntry& entry : node.entries) {
    const bool done = trim.kind == StreamTrim::Kind::kMaxLength ? size_ <= trim.max_length
                                                                : entry.id >= trim.min_id;
    if (done) break;
    if (std::exchange(entry.is_deleted, true)) continue;
    --node.live_count;
    --size_;
    ++trimmed;
  }
  return trimmed;
}

void Stream::NoteFirst() {
  const StreamEntry* first = First();
  first_id_ = first ? first->id : StreamId();
}

const StreamEntry* Stream::Find(const StreamId& id) const {
  const auto node = NodeOf(nodes_, id);
  if (node == nodes_.end()) return nullptr;
  const auto entry = FirstFrom(node->second.entries, id);
  if (entry == node->second.entries.end() || entry->id != id || entry->is_deleted) return nullptr;
  return &*entry;
}

const StreamEntry* Stream::First() const {
  const StreamEntry* first = nullptr;
  ForEachUp(kStreamIdMin, kStreamIdMax, [&](const StreamEntry& entry) {
    first = &entry;
    return false;
  });
  return first;
}

const StreamEntry* Stream::Last() const {
  const StreamEntry* last = nullptr;
  ForEachDown(kStreamIdMin, kStreamIdMax, [&](const StreamEntry& entry) {
    last = &entry;
    return false;
  });
  return last;
}

StreamId Stream::FirstPlace() const {
  return nodes_.empty() ? kStreamIdMax : nodes_.begin()->second.entries.front().id;
}

void Stream::ForEach(const StreamId& start, const StreamId& end, Order order,
                     const Visit& visit) const {
  if (order == Order::kUp)
    ForEachUp(start, end, visit);
  else
    ForEachDown(start, end, visit);
}

void Stream::ForEachUp(const StreamId& start, const StreamId& end, const Visit& visit) const {
  auto node = NodeOf(nodes_, start);
  if (node == nodes_.end()) node = nodes_.begin();
  for (; node != nodes_.end(); ++node) {
    const auto& entries = node->second.entries;
    for (auto entry = FirstFrom(entries, start); entry != entries.end(); ++entry) {
      if (entry->id > end) return;
      if (!entry->is_deleted && !visit(*entry)) return;
    }
  }
}

void Stream::ForEachDown(const StreamId& start, const StreamId& end, const Visit& visit) const {
  for (auto node = nodes_.upper_bound(end); node != nodes_.begin();) {
    --node;
    const auto& entries = node->second.entries;
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
      if (entry->id > end) continue;
      if (entry->id < start) return;
      if (!entry->is_deleted && !visit(*entry)) return;
    }
  }
}

ConsumerGroup* Stream::FindGroup(std::string_view name) {
  const auto it = groups_.find(name);
  return it == groups_.end() ? nullptr : &it->second;
}

const ConsumerGroup* Stream::FindGroup(std::string_view name) const {
  const auto it = groups_.find(name);
  return it == groups_.end() ? nullptr : &it->second;
}

bool Stream::HasDeletedFrom(const StreamId& start) const {
  if (size_ == 0 || max_deleted_id_.is_zero() || max_deleted_id_ < first_id_) return false;
  return start <= max_deleted_id_;
}

int64_t Stream::EntriesAddedUpTo(const StreamId& id) const {
  const auto added = static_cast<int64_t>(entries_added_);
  if (added == 0) return 0;
  if (size_ == 0 && id <= last_id_) return added;
  if (id == last_id_) return added;
  if (id > last_id_) return ConsumerGroup::kUnknown;
  // Nothing was taken out from between the entries that are left.
  if (max_deleted_id_.is_zero() || max_deleted_id_ < first_id_) {
    const int64_t before_first = added - static_cast<int64_t>(size_);
    if (id < first_id_) return before_first;
    if (id == first_id_) return before_first + 1;
  }
  return ConsumerGroup::kUnknown;
}

void Stream::Deliver(ConsumerGroup& group, const StreamId& id) const {
  if (group.entries_read != ConsumerGroup::kUnknown && !HasDeletedFrom(id))
    ++group.entries_read;
  else if (entries_added_ > 0)
    group.entries_read = EntriesAddedUpTo(id);
  group.last_id = id;
}

std::optional<int64_t> Stream::LagOf(const ConsumerGroup& group) const {
  const auto added = static_cast<int64_t>(entries_added_);
  if (added == 0) return 0;
  int64_t read = group.entries_read;
  if (read == ConsumerGroup::kUnknown || HasDeletedFrom(group.last_id))
    read = EntriesAddedUpTo(group.last_id);
  if (read == ConsumerGroup::kUnknown) return std::nullopt;
  return added - read;
}

bool Stream::AddNode(const StreamId& id, StreamNode node) {
  node.allocated_bytes = node.bytes();
  return nodes_.emplace(id, std::move(node)).second;
}

}  // namespace modcert::engine
