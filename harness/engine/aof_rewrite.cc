#include "engine/aof_rewrite.h"

#include <fmt/format.h>

#include "base/double_to_text.h"
#include "engine/scripting/scripting.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

// Collects elements of one value into commands of at most kRewriteElementsMax.
class Batches {
 public:
  Batches(std::string_view command, std::string_view key, const EmitCommand& emit)
      : command_(command), key_(key), emit_(emit) {}
  ~Batches() { Flush(); }
  Batches(const Batches&) = delete;
  Batches& operator=(const Batches&) = delete;

  // One element, of one argument or two.
  void Add(std::string_view first) {
    Begin();
    args_.emplace_back(first);
  }
  void Add(std::string_view first, std::string_view second) {
    Begin();
    args_.emplace_back(first);
    args_.emplace_back(second);
  }

 private:
  void Begin() {
    if (count_ == kRewriteElementsMax) Flush();
    if (count_++ == 0) args_ = {std::string(command_), std::string(key_)};
  }
  void Flush() {
    if (count_ > 0) emit_(std::move(args_));
    args_.clear();
    count_ = 0;
  }

  std::string_view command_;
  std::string_view key_;
  const EmitCommand& emit_;
  std::vector<std::string> args_;
  size_t count_ = 0;
};

void Rewrite(std::string_view key, const List& list, const EmitCommand& emit) {
  Batches batches("RPUSH", key, emit);
  for (size_t i = 0; i < list.size(); ++i) batches.Add(list.at(i));
}

void Rewrite(std::string_view key, const Set& set, const EmitCommand& emit) {
  Batches batches("SADD", key, emit);
  set.ForEach([&](std::string_view member) { batches.Add(member); });
}

void Rewrite(std::string_view key, const Hash& hash, const EmitCommand& emit) {
  {
    Batches batches("HMSET", key, emit);
    hash.ForEach(
        [&](const std::string& field, const std::string& value) { batches.Add(field, value); });
  }
  hash.ForEach([&](const std::string& field, const std::string&) {
    if (const auto at_ms = hash.ExpiryOf(field))
      emit({"HPEXPIREAT", std::string(key), std::to_string(*at_ms), "FIELDS", "1", field});
  });
}

void Rewrite(std::string_view key, const ZSet& zset, const EmitCommand& emit) {
  Batches batches("ZADD", key, emit);
  zset.ForEach(0, zset.size(), [&](const ZSet::Item& item) {
    batches.Add(DoubleText(item.score).view(), item.member);
  });
}

// A consumer is made by what it has pending, or by itself.
void RewriteConsumer(const std::string& key, const std::string& group, const std::string& name,
                     const ConsumerGroup& state, const EmitCommand& emit) {
  const Consumer& consumer = state.consumers().find(name)->second;
  if (consumer.pending.empty()) return emit({"XGROUP", "CREATECONSUMER", key, group, name});
  for (const StreamId& id : consumer.pending) {
    const PendingEntry& entry = state.pending().at(id);
    emit({"XCLAIM", key, group, name, "0", id.ToString(), "TIME",
          std::to_string(entry.delivered_at_ms), "RETRYCOUNT", std::to_string(entry.delivery_count),
          "JUSTID", "FORCE"});
  }
}

void Rewrite(std::string_view name, const Stream& stream, const EmitCommand& emit) {
  const std::string key(name);
  stream.ForEach(kStreamIdMin, kStreamIdMax, Stream::Order::kUp, [&](const StreamEntry& entry) {
    std::vector<std::string> args = {"XADD", key, entry.id.ToString()};
    args.insert(args.end(), entry.fields.begin(), entry.fields.end());
    emit(std::move(args));
    return true;
  });
  // The one way to make a stream without entries.
  if (stream.size() == 0) emit({"XADD", key, "MAXLEN", "0", "0-1", "x", "y"});
  emit({"XSETID", key, stream.last_id().ToString(), "ENTRIESADDED",
        std::to_string(stream.entries_added()), "MAXDELETEDID",
        stream.max_deleted_id().ToString()});
  for (const auto& [group, state] : stream.groups()) {
    emit({"XGROUP", "CREATE", key, group, state.last_id.ToString(), "ENTRIESREAD",
          std::to_string(state.entries_read)});
    for (const auto& [consumer, pending] : state.consumers())
      RewriteConsumer(key, group, consumer, state, emit);
  }
}

Status RewriteValue(int db, std::string_view key, const Value& value, const EmitCommand& emit) {
  if (const auto* string = std::get_if<String>(&value)) {
    emit({"SET", std::string(key), string->bytes()});
  } else if (const auto* list = std::get_if<List>(&value)) {
    Rewrite(key, *list, emit);
  } else if (const auto* set = std::get_if<Set>(&value)) {
    Rewrite(key, *set, emit);
  } else if (const auto* hash = std::get_if<Hash>(&value)) {
    Rewrite(key, *hash, emit);
  } else if (const auto* zset = std::get_if<ZSet>(&value)) {
    Rewrite(key, *zset, emit);
  } else if (const auto* stream = std::get_if<Stream>(&value)) {
    Rewrite(key, *stream, emit);
  } else if (const auto* opaque = std::get_if<Opaque>(&value)) {
    return opaque->type()->RewriteAof({key, db}, opaque->value(), emit);
  } else {
    return Fail(std::string(TypeName(value)), "has no rewrite as commands");
  }
  return {};
}

Status RewriteMetadata(const KeyPlace& place, const Entry& entry, const EmitCommand& emit) {
  Status status;
  if (!entry.metadata) return status;
  entry.metadata->ForEach([&](const KeyMetaClass& owner, uint64_t& meta) {
    if (status) status = owner.RewriteAof(place, meta, emit);
  });
  return status;
}

}  // namespace

Status RewriteKey(int db, std::string_view key, const Entry& entry, const EmitCommand& emit) {
  if (Status rewritten = RewriteValue(db, key, entry.value, emit); !rewritten) return rewritten;
  if (entry.expire_at_ms != kNoExpiry)
    emit({"PEXPIREAT", std::string(key), std::to_string(entry.expire_at_ms)});
  // keymeta.aof
  return RewriteMetadata({key, db}, entry, emit);
}

Status RewriteDataset(const Server& server, const EmitCommand& emit) {
  Status status;
  if (const scripting::Scripting* scripting = server.scripting_if_any())
    for (const auto& [name, library] : scripting->functions.libraries())
      emit({"FUNCTION", "LOAD", std::string(library.code)});
  for (int i = 0; i < server.keyspace.db_count(); ++i) {
    const Db& db = server.keyspace.db(i);
    if (db.keys.empty()) continue;
    emit({"SELECT", std::to_string(i)});
    db.keys.ForEach([&](const std::string& key, const std::unique_ptr<Entry>& entry) {
      if (status) status = RewriteKey(i, key, *entry, emit);
    });
  }
  return status;
}

}  // namespace modcert::engine
