#include "engine/rdb/stream_codec.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/parse_number.h"
#include "engine/rdb/byte_order.h"
#include "engine/rdb/listpack.h"

namespace modcert::engine::rdb {
namespace {

constexpr int64_t kDeleted = 1;
constexpr int64_t kMasterFields = 2;
constexpr size_t kIdSize = 16;

// Saving.

std::string IdBytes(const StreamId& id) {
  std::string bytes;
  AppendBigEndian(bytes, id.ms, 8);
  AppendBigEndian(bytes, id.seq, 8);
  return bytes;
}

void AppendNumber(ListpackBuilder& listpack, uint64_t number) {
  listpack.Append(std::to_string(static_cast<int64_t>(number)));
}

void AppendEntry(ListpackBuilder& listpack, const StreamEntry& entry, const StreamId& node_id) {
  const size_t before = listpack.count();
  AppendNumber(listpack,
               (entry.is_deleted ? kDeleted : 0) | (entry.has_master_fields ? kMasterFields : 0));
  AppendNumber(listpack, entry.id.ms - node_id.ms);
  AppendNumber(listpack, entry.id.seq - node_id.seq);
  if (!entry.has_master_fields) AppendNumber(listpack, entry.fields.size() / 2);
  const size_t step = entry.has_master_fields ? 2 : 1;
  for (size_t i = step - 1; i < entry.fields.size(); i += step) listpack.Append(entry.fields[i]);
  AppendNumber(listpack, listpack.count() - before);
}

std::string NodeBytes(const StreamNode& node, const StreamId& id) {
  ListpackBuilder listpack;
  AppendNumber(listpack, node.live_count);
  AppendNumber(listpack, node.deleted_count());
  AppendNumber(listpack, node.master_fields.size());
  for (const std::string& name : node.master_fields) listpack.Append(name);
  AppendNumber(listpack, 0);
  for (const StreamEntry& entry : node.entries) AppendEntry(listpack, entry, id);
  return listpack.Take();
}

void WriteId(Writer& out, const StreamId& id) {
  out.WriteLength(id.ms);
  out.WriteLength(id.seq);
}

void WriteMoment(Writer& out, int64_t at_ms) { out.WriteLittle64(static_cast<uint64_t>(at_ms)); }

void SaveGroup(Writer& out, const ConsumerGroup& group) {
  WriteId(out, group.last_id);
  out.WriteLength(static_cast<uint64_t>(group.entries_read));
  out.WriteLength(group.pending().size());
  for (const auto& [id, entry] : group.pending()) {
    out.WriteRaw(IdBytes(id));
    WriteMoment(out, entry.delivered_at_ms);
    out.WriteLength(entry.delivery_count);
  }
  out.WriteLength(group.consumers().size());
  for (const auto& [name, consumer] : group.consumers()) {
    out.WriteString(name);
    WriteMoment(out, consumer.seen_at_ms);
    out.WriteLength(consumer.pending.size());
    for (const StreamId& id : consumer.pending) out.WriteRaw(IdBytes(id));
  }
}

// Loading.

StreamId IdOf(std::string_view bytes) {
  return {BigEndian(bytes.substr(0, 8)), BigEndian(bytes.substr(8))};
}

StreamId ReadRawId(Reader& in) {
  const std::string_view raw = in.ReadRaw(kIdSize);
  return in.failed() ? StreamId() : IdOf(raw);
}

StreamId ReadId(Reader& in) {
  const uint64_t ms = in.ReadLength();
  return {ms, in.ReadLength()};
}

// Walks over the elements of a node. Past the end, and where a number is asked for and something
// else stands, it fails and stays failed.
class Elements {
 public:
  explicit Elements(std::vector<std::string> elements) : elements_(std::move(elements)) {}

  bool failed() const { return failed_; }
  bool at_end() const { return next_ == elements_.size(); }
  size_t position() const { return next_; }
  size_t left() const { return elements_.size() - next_; }

  std::string Text() {
    if (at_end()) failed_ = true;
    return failed_ ? std::string() : std::move(elements_[next_++]);
  }
  int64_t Number() {
    const std::optional<int64_t> number = ParseInteger(Text());
    if (!number) failed_ = true;
    return number.value_or(0);
  }
  // A number of elements that are still to come.
  size_t Count() {
    const int64_t count = Number();
    if (count < 0 || std::cmp_greater(count, left())) failed_ = true;
    return failed_ ? 0 : static_cast<size_t>(count);
  }

 private:
  std::vector<std::string> elements_;
  size_t next_ = 0;
  bool failed_ = false;
};

StreamEntry TakeEntry(Elements& in, const StreamNode& node, const StreamId& node_id) {
  const size_t start = in.position();
  const int64_t flags = in.Number();
  StreamEntry entry{.is_deleted = (flags & kDeleted) != 0,
                    .has_master_fields = (flags & kMasterFields) != 0};
  entry.id.ms = node_id.ms + static_cast<uint64_t>(in.Number());
  entry.id.seq = node_id.seq + static_cast<uint64_t>(in.Number());
  const size_t count = entry.has_master_fields ? node.master_fields.size() : in.Count();
  for (size_t i = 0; i < count && !in.failed(); ++i) {
    entry.fields.push_back(entry.has_master_fields ? node.master_fields[i] : in.Text());
    entry.fields.push_back(in.Text());
  }
  const size_t element_count = in.position() - start;
  if (std::cmp_not_equal(in.Number(), element_count)) return {};
  return entry;
}

std::optional<StreamNode> ParseNode(Elements in, const StreamId& id) {
  StreamNode node;
  const int64_t live = in.Number();
  const int64_t deleted = in.Number();
  for (size_t left = in.Count(); left > 0; --left) node.master_fields.push_back(in.Text());
  if (in.Number() != 0) return std::nullopt;  // the end of the names
  while (!in.failed() && !in.at_end()) {
    StreamEntry entry = TakeEntry(in, node, id);
    if (entry.fields.empty()) return std::nullopt;
    if (!node.entries.empty() && entry.id <= node.entries.back().id) return std::nullopt;
    node.entry_bytes += StreamEntryBytes(entry, id);
    node.live_count += entry.is_deleted ? 0 : 1;
    node.entries.push_back(std::move(entry));
  }
  const bool counts_fit = std::cmp_equal(live, node.live_count) &&
                          std::cmp_equal(deleted, node.deleted_count()) && !node.entries.empty();
  if (in.failed() || !counts_fit) return std::nullopt;
  return node;
}

void LoadNode(Reader& in, Stream& stream) {
  const std::string key = in.ReadString();
  const std::string bytes = in.ReadString();
  if (in.failed()) return;
  if (key.size() != kIdSize) return in.Fail("Stream node key entry is not the size of a stream ID");
  auto elements = ReadListpack(bytes);
  if (!elements) return in.Fail(elements.error().ToString());
  const StreamId id = IdOf(key);
  std::optional<StreamNode> node = ParseNode(Elements(std::move(*elements)), id);
  if (!node) return in.Fail("a node of a stream is damaged");
  if (!stream.AddNode(id, std::move(*node))) in.Fail("Listpack re-added with existing key");
}

struct Pending {
  int64_t delivered_at_ms;
  uint64_t delivery_count;
};

void LoadConsumer(Reader& in, Type type, ConsumerGroup& group,
                  std::map<StreamId, Pending>& unowned) {
  const std::string name = in.ReadString();
  const auto seen_at_ms = static_cast<int64_t>(in.ReadLittle64());
  // When it was last given something: newer servers tell it apart.
  if (type == Type::kStreamListpacks3) in.ReadLittle64();
  if (in.failed()) return;
  if (group.FindConsumer(name)) return in.Fail("Duplicate stream consumer detected");
  group.AddConsumer(name, seen_at_ms);
  for (uint64_t left = in.ReadLength(); left > 0 && !in.failed(); --left) {
    const auto found = unowned.find(ReadRawId(in));
    if (in.failed()) return;
    if (found == unowned.end()) return in.Fail("Consumer entry not found in group global PEL");
    PendingEntry& entry = group.Assign(found->first, name);
    entry.delivered_at_ms = found->second.delivered_at_ms;
    entry.delivery_count = found->second.delivery_count;
    unowned.erase(found);
  }
}

void LoadGroup(Reader& in, Type type, Stream& stream) {
  const std::string name = in.ReadString();
  ConsumerGroup group;
  group.last_id = ReadId(in);
  group.entries_read = type == Type::kStreamListpacks ? stream.EntriesAddedUpTo(group.last_id)
                                                      : static_cast<int64_t>(in.ReadLength());
  std::map<StreamId, Pending> unowned;
  for (uint64_t left = in.ReadLength(); left > 0 && !in.failed(); --left) {
    const StreamId id = ReadRawId(in);
    const auto delivered_at_ms = static_cast<int64_t>(in.ReadLittle64());
    const uint64_t delivery_count = in.ReadLength();
    if (!in.failed() && !unowned.try_emplace(id, Pending{delivered_at_ms, delivery_count}).second)
      in.Fail("Duplicated global PEL entry loading stream consumer group");
  }
  for (uint64_t left = in.ReadLength(); left > 0 && !in.failed(); --left)
    LoadConsumer(in, type, group, unowned);
  if (in.failed()) return;
  if (!unowned.empty()) return in.Fail("NACK entry without consumer");
  if (!stream.groups().try_emplace(name, std::move(group)).second)
    in.Fail(fmt::format("Duplicated consumer group name {}", name));
}

}  // namespace

void SaveStream(Writer& out, const Stream& stream) {
  out.WriteLength(stream.nodes().size());
  for (const auto& [id, node] : stream.nodes()) {
    out.WriteString(IdBytes(id));
    out.WriteString(NodeBytes(node, id));
  }
  out.WriteLength(stream.size());
  WriteId(out, stream.last_id());
  WriteId(out, stream.first_id());
  WriteId(out, stream.max_deleted_id());
  out.WriteLength(stream.entries_added());
  out.WriteLength(stream.groups().size());
  for (const auto& [name, group] : stream.groups()) {
    out.WriteString(name);
    SaveGroup(out, group);
  }
}

Stream LoadStream(Reader& in, Type type, const EncodingLimits* limits) {
  Stream stream(limits);
  for (uint64_t left = in.ReadLength(); left > 0 && !in.failed(); --left) LoadNode(in, stream);
  const uint64_t size = in.ReadLength();
  stream.set_size(size);
  stream.set_last_id(ReadId(in));
  if (type == Type::kStreamListpacks) {
    stream.set_entries_added(size);
    const StreamEntry* first = stream.First();
    stream.set_first_id(first ? first->id : kStreamIdMax);
  } else {
    stream.set_first_id(ReadId(in));
    stream.set_max_deleted_id(ReadId(in));
    stream.set_entries_added(in.ReadLength());
  }
  size_t live_count = 0;
  for (const auto& [id, node] : stream.nodes()) live_count += node.live_count;
  if (size != live_count) in.Fail("Stream length inconsistent with rax entries");
  for (uint64_t left = in.ReadLength(); left > 0 && !in.failed(); --left)
    LoadGroup(in, type, stream);
  return stream;
}

}  // namespace modcert::engine::rdb
