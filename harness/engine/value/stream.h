// A Redis stream: entries ordered by id, and the consumer groups that read them.
//
// A real server keeps entries in nodes: listpacks of limited size, hung into a radix tree by the id
// of their first entry. Nodes show through in approximate trimming, in XINFO and in saved files, so
// they exist here as well, entry for entry, deleted entries included. What a node would weigh is
// counted; its bytes are made only when they are saved (rdb/stream_codec.h).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/value/consumer_group.h"
#include "engine/value/encoding_limits.h"
#include "engine/value/stream_id.h"

namespace modcert::engine {

struct StreamEntry {
  StreamId id;
  std::vector<std::string> fields;  // field, value, field, value ...
  bool is_deleted = false;          // keeps its place in the node
  bool has_master_fields = false;   // its fields are the node's, which saves it their names
};

// One listpack of entries. Never without entries.
struct StreamNode {
  std::vector<std::string> master_fields;  // the names of the first entry's fields
  std::vector<StreamEntry> entries;
  size_t live_count = 0;
  size_t entry_bytes = 0;      // what the entries weigh
  size_t allocated_bytes = 0;  // what a real server would have asked for; for MEMORY USAGE

  size_t deleted_count() const { return entries.size() - live_count; }
  // The size of the listpack.
  size_t bytes() const;
};

// How much to cut off the old end of a stream.
struct StreamTrim {
  enum class Kind { kMaxLength, kMinId };
  Kind kind = Kind::kMaxLength;
  uint64_t max_length = 0;
  StreamId min_id;
  bool whole_nodes = false;  // only nodes that can go as a whole
  int64_t limit = 0;         // stops before it would have cut more entries; 0: no limit
};

// A stream without entries is a value like any other: the key stays.
class Stream {
 public:
  using Nodes = std::map<StreamId, StreamNode>;  // by the id of the first entry
  using Groups = std::map<std::string, ConsumerGroup, std::less<>>;

  explicit Stream(const EncodingLimits* limits) : limits_(limits) {}

  size_t size() const { return size_; }
  // The id of the last entry ever added, or what XSETID made it.
  const StreamId& last_id() const { return last_id_; }
  void set_last_id(const StreamId& id) { last_id_ = id; }
  // The id of the first entry; 0-0 without entries.
  const StreamId& first_id() const { return first_id_; }
  // The highest id that Delete removed.
  const StreamId& max_deleted_id() const { return max_deleted_id_; }
  void set_max_deleted_id(const StreamId& id) { max_deleted_id_ = id; }
  uint64_t entries_added() const { return entries_added_; }
  void set_entries_added(uint64_t count) { entries_added_ = count; }

  // The id that an entry added now without an id gets; nothing when ids have run out.
  std::optional<StreamId> NextId(int64_t now_ms) const;
  // The id "ms-*": the next within that millisecond; nothing when it would not be the highest.
  std::optional<StreamId> NextIdWithin(uint64_t ms) const;
  // `id` is above last_id(), `fields` are pairs.
  void Append(const StreamId& id, std::span<const std::string> fields);
  // Returns whether the entry was there.
  bool Delete(const StreamId& id);
  // The same, but what the stream says of its first entry, and of those that were deleted, stays
  // as it is: what a module deletes.
  bool DeleteUnnoted(const StreamId& id);
  // Returns how many entries went.
  size_t Trim(const StreamTrim& trim);

  // Null when there is no such entry. Lives until the next change.
  const StreamEntry* Find(const StreamId& id) const;
  const StreamEntry* First() const;
  const StreamEntry* Last() const;
  // The first place in the first node, deleted or not; the highest id without any.
  StreamId FirstPlace() const;
  enum class Order { kUp, kDown };
  // Visits the entries from `start` to `end`, both included, until `visit` returns false.
  using Visit = std::function<bool(const StreamEntry& entry)>;
  void ForEach(const StreamId& start, const StreamId& end, Order order, const Visit& visit) const;

  const Groups& groups() const { return groups_; }
  Groups& groups() { return groups_; }
  // Null when there is none.
  ConsumerGroup* FindGroup(std::string_view name);
  const ConsumerGroup* FindGroup(std::string_view name) const;
  // A deleted entry may lie between `start` and the end.
  bool HasDeletedFrom(const StreamId& start) const;
  // How many entries were added up to `id`, since there was a stream; kUnknown when nobody can
  // tell.
  int64_t EntriesAddedUpTo(const StreamId& id) const;
  // The group has delivered the entry, which is above its last_id.
  void Deliver(ConsumerGroup& group, const StreamId& id) const;
  // How many entries the group has still to read; nothing when nobody can tell.
  std::optional<int64_t> LagOf(const ConsumerGroup& group) const;

  // "stream", the only one.
  std::string_view encoding() const { return "stream"; }
  const Nodes& nodes() const { return nodes_; }

  // For the RDB loader, which knows the nodes; the entries count as neither added nor deleted.
  // False when there is a node of that id.
  bool AddNode(const StreamId& id, StreamNode node);
  void set_size(size_t size) { size_ = size; }
  void set_first_id(const StreamId& id) { first_id_ = id; }

 private:
  StreamNode& NodeForAppend(const StreamId& id, std::span<const std::string> fields);
  bool HasRoom(const StreamNode& node, std::span<const std::string> fields) const;
  // Cuts single entries off the first node; returns how many.
  size_t TrimFirstNode(const StreamTrim& trim);
  void NoteFirst();
  void ForEachUp(const StreamId& start, const StreamId& end, const Visit& visit) const;
  void ForEachDown(const StreamId& start, const StreamId& end, const Visit& visit) const;

  const EncodingLimits* limits_;
  Nodes nodes_;
  size_t size_ = 0;
  StreamId last_id_;
  StreamId first_id_;
  StreamId max_deleted_id_;
  uint64_t entries_added_ = 0;
  Groups groups_;
};

// What an entry takes in a listpack, as a child of that node; for the RDB loader as well.
size_t StreamEntryBytes(const StreamEntry& entry, const StreamId& node_id);

}  // namespace modcert::engine
