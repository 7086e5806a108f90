// DUMP and RESTORE.

#include "engine/rdb/dump.h"

#include "engine/command_call.h"
#include "engine/commands/tables.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

// DUMP key
Reply Dump(CommandCall& call) {
  const Entry* entry = call.keyspace().FindForRead(call.client.db, call.arg(1));
  if (!entry) return Reply::Null();
  const Config& config = call.server.config;
  const rdb::WriterOptions options = {
      .rdbcompression = config.rdb_compression,
      .list_max_listpack_size = config.encoding.list_max_listpack_size};
  return Reply::Bulk(
      rdb::Dump(entry->value, {call.arg(1), call.client.db}, options, entry->metadata.get()));
}

// A real server keeps 24 bits of the time of the last access, in seconds.
constexpr int64_t kIdleMask = (1 << 24) - 1;

struct RestoreOptions {
  bool replace = false;
  bool absolute_ttl = false;
  std::optional<int64_t> idle_s;
  std::optional<int64_t> frequency;
};

// IDLETIME and FREQ exclude each other; the error to answer with, or nothing.
std::optional<Reply> ParseAccess(const CommandCall& call, int index, RestoreOptions& options) {
  const bool idle = call.ArgIs(index, "IDLETIME");
  const auto number = call.IntegerArg(index + 1);
  if (!number) return number.error();
  if (idle && *number < 0) return Reply::Error("ERR Invalid IDLETIME value, must be >= 0");
  if (!idle && (*number < 0 || *number > 255))
    return Reply::Error("ERR Invalid FREQ value, must be >= 0 and <= 255");
  (idle ? options.idle_s : options.frequency) = *number;
  return std::nullopt;
}

// Fills `options` from the words behind the payload; the error to answer with, or nothing.
std::optional<Reply> ParseRestoreOptions(const CommandCall& call, RestoreOptions& options) {
  for (int i = 4; i < call.argc(); ++i) {
    const bool has_value = i + 1 < call.argc();
    if (call.ArgIs(i, "REPLACE")) {
      options.replace = true;
    } else if (call.ArgIs(i, "ABSTTL")) {
      options.absolute_ttl = true;
    } else if (has_value && ((call.ArgIs(i, "IDLETIME") && !options.frequency) ||
                             (call.ArgIs(i, "FREQ") && !options.idle_s))) {
      if (const auto error = ParseAccess(call, i++, options)) return error;
    } else {
      return Reply::SyntaxError();
    }
  }
  return std::nullopt;
}

Result<Value> Load(CommandCall& call, std::unique_ptr<KeyMetadata>& metadata) {
  const rdb::LoadContext context = {
      .limits = &call.keyspace().limits(),
      .find_type = [&](uint64_t id) { return call.server.types.FindById(id); },
      .place = {call.arg(1), call.client.db}};
  return rdb::Restore(call.arg(3), context, &call.server.key_meta_classes, &metadata);
}

// The moment of expiry; nothing for a key that stays. What does not fit wraps into the past.
int64_t ExpireAt(const CommandCall& call, int64_t ttl_ms, const RestoreOptions& options) {
  if (ttl_ms == 0) return kNoExpiry;
  if (options.absolute_ttl) return ttl_ms;
  return static_cast<int64_t>(static_cast<uint64_t>(ttl_ms) + static_cast<uint64_t>(call.now_ms()));
}

void PropagateRestore(CommandCall& call, int64_t expire_at_ms, const RestoreOptions& options) {
  if (expire_at_ms == kNoExpiry || options.absolute_ttl) return;
  Args args(call.args.begin(), call.args.end());
  args[2] = std::to_string(expire_at_ms);
  args.push_back("ABSTTL");
  call.PropagateAs(std::move(args));
}

// A time to live that is over already: nothing is restored, and what stood there is gone.
Reply RestoreNothing(CommandCall& call, bool replaced) {
  if (replaced) {
    call.PropagateAs({"DEL", call.arg(1)});
    call.Changed(EventClass::kGeneric, "del", call.arg(1));
  }
  return Reply::Ok();
}

// RESTORE key ttl payload [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]
Reply Restore(CommandCall& call) {
  Keyspace& keyspace = call.keyspace();
  const int db = call.client.db;
  const std::string& key = call.arg(1);
  RestoreOptions options;
  if (const auto error = ParseRestoreOptions(call, options)) return *error;
  const bool exists = keyspace.FindForWrite(db, key) != nullptr;
  if (exists && !options.replace) return Reply::Error("BUSYKEY Target key name already exists.");
  const auto ttl_ms = call.IntegerArg(2);
  if (!ttl_ms) return ttl_ms.error();
  if (*ttl_ms < 0) return Reply::Error("ERR Invalid TTL value, must be >= 0");
  std::unique_ptr<KeyMetadata> metadata;
  Result<Value> value = Load(call, metadata);
  if (!value) return Reply::Error(value.error().problem);

  if (exists) keyspace.Remove(db, key);
  const int64_t expire_at_ms = ExpireAt(call, *ttl_ms, options);
  if (expire_at_ms != kNoExpiry && call.keyspace().DeletesAtOnce(expire_at_ms))
    return RestoreNothing(call, exists);
  Entry& entry = keyspace.Put(db, key, std::move(*value));
  entry.metadata = std::move(metadata);
  keyspace.SetExpiry(db, key, expire_at_ms);
  if (options.idle_s) entry.accessed_at_ms = call.now_ms() - (*options.idle_s & kIdleMask) * 1000;
  if (options.frequency) entry.frequency = static_cast<uint8_t>(*options.frequency);
  PropagateRestore(call, expire_at_ms, options);
  call.Changed(EventClass::kGeneric, "restore", key);
  return Reply::Ok();
}

constexpr CommandRow kTable[] = {
    {.name = "dump", .run = Dump},
    {.name = "restore", .run = Restore},
    {.name = "restore-asking", .run = Restore},
};

}  // namespace

std::span<const CommandRow> DumpCommands() { return kTable; }

}  // namespace modcert::engine
