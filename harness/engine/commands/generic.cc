// The commands that work on keys of any type.

#include <limits>

#include "base/glob_match.h"
#include "base/parse_number.h"
#include "engine/cluster.h"
#include "engine/command_call.h"
#include "engine/commands/db_arg.h"
#include "engine/commands/scan_options.h"
#include "engine/commands/tables.h"
#include "engine/key_usage.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

// DEL and UNLINK differ in who may be asked what it takes to free the value.
Reply DeleteKeys(CommandCall& call, Freeing freeing) {
  int64_t deleted = 0;
  for (int i = 1; i < call.argc(); ++i) {
    if (!call.keyspace().FindForWrite(call.client.db, call.arg(i))) continue;
    call.keyspace().Remove(call.client.db, call.arg(i), freeing);
    call.Changed(EventClass::kGeneric, "del", call.arg(i));
    ++deleted;
  }
  return Reply::Integer(deleted);
}

// DEL key [key ...]
Reply Del(CommandCall& call) { return DeleteKeys(call, Freeing::kUser); }

// UNLINK key [key ...]
Reply Unlink(CommandCall& call) { return DeleteKeys(call, Freeing::kUnlink); }

Reply CountExisting(CommandCall& call, LookupMode mode) {
  int64_t existing = 0;
  for (int i = 1; i < call.argc(); ++i)
    existing += call.keyspace().FindForRead(call.client.db, call.arg(i), mode) != nullptr;
  return Reply::Integer(existing);
}

// EXISTS key [key ...]
Reply Exists(CommandCall& call) { return CountExisting(call, {.touch = false}); }

// TOUCH key [key ...]
Reply Touch(CommandCall& call) { return CountExisting(call, {.touch = true}); }

// TYPE key
Reply Type(CommandCall& call) {
  const Entry* entry = call.keyspace().FindForRead(call.client.db, call.arg(1), {.touch = false});
  return Reply::Simple(entry ? TypeName(entry->value) : "none");
}

// KEYS pattern
Reply Keys(CommandCall& call) {
  const std::string& pattern = call.arg(1);
  std::vector<resp::Value> names;
  call.keyspace().db(call.client.db).keys.ForEach([&](const std::string& key, const auto& entry) {
    if (call.keyspace().IsExpired(*entry)) return;
    if (pattern == "*" || GlobMatch(pattern, key)) names.push_back(resp::Value::Bulk(key));
  });
  return Reply::Array(std::move(names));
}

// Whether a key that SCAN met is there and has the type that is asked for. With TYPE a key counts
// as read, so one that has expired is a miss.
bool IsScanned(CommandCall& call, const std::string& name, const ScanOptions& options) {
  Keyspace& keyspace = call.keyspace();
  if (!options.type) return keyspace.FindForWrite(call.client.db, name) != nullptr;
  const Entry* entry = keyspace.FindForRead(call.client.db, name, {.touch = false});
  return entry && CommandNameEqual{}(*options.type, TypeName(entry->value));
}

// SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]
Reply Scan(CommandCall& call) {
  const std::optional<uint64_t> cursor = ParseScanCursor(call.arg(1));
  if (!cursor) return Reply::Error("ERR invalid cursor");
  ScanOptions options;
  if (const auto error = ParseScanOptions(call.args.subspan(2), AllowType::kYes, options))
    return *error;
  std::vector<std::string> names;
  const uint64_t next =
      call.keyspace()
          .db(call.client.db)
          .keys.Scan(*cursor, options.count, [&](const std::string& key, const auto&) {
            if (!options.Matches(key)) return;
            names.push_back(key);
          });
  // Expired keys are deleted behind the scan, as that changes what is scanned.
  std::vector<resp::Value> elements;
  for (const std::string& name : names)
    if (IsScanned(call, name, options)) elements.push_back(resp::Value::Bulk(name));
  return ScanReply(next, std::move(elements));
}

// RANDOMKEY
Reply RandomKey(CommandCall& call) {
  const auto key = call.keyspace().RandomKey(call.client.db, call.server.random);
  return key ? Reply::Bulk(*key) : Reply::Null();
}

enum class Overwrite { kNo, kYes };

// RENAME and RENAMENX: `done` and `refused` are their answers.
Reply RenameKey(CommandCall& call, Overwrite overwrite, Reply done, Reply refused) {
  Keyspace& keyspace = call.keyspace();
  const int db = call.client.db;
  const std::string& from = call.arg(1);
  const std::string& to = call.arg(2);
  if (!keyspace.FindForWrite(db, from)) return Reply::NoSuchKey();
  if (from == to) return overwrite == Overwrite::kYes ? done : refused;
  if (keyspace.FindForWrite(db, to)) {
    if (overwrite == Overwrite::kNo) return refused;
    keyspace.Remove(db, to);
  }
  std::unique_ptr<Entry> entry = keyspace.Detach(db, from);
  if (entry->metadata) entry->metadata->Rename(db, to);
  keyspace.Attach(db, to, std::move(entry));
  call.Touched(from);
  call.Touched(to);
  call.Notify(EventClass::kGeneric, "rename_from", from);
  call.Notify(EventClass::kGeneric, "rename_to", to);
  call.AddDirty(1);
  return done;
}

// RENAME key newkey
Reply Rename(CommandCall& call) {
  return RenameKey(call, Overwrite::kYes, Reply::Ok(), Reply::Ok());
}

// RENAMENX key newkey
Reply RenameNx(CommandCall& call) {
  return RenameKey(call, Overwrite::kNo, Reply::Integer(1), Reply::Integer(0));
}

Reply SameObjects() { return Reply::Error("ERR source and destination objects are the same"); }

// MOVE key db
Reply Move(CommandCall& call) {
  if (call.server.cluster) return Reply::Error("ERR MOVE is not allowed in cluster mode");
  Keyspace& keyspace = call.keyspace();
  const std::string& key = call.arg(1);
  const int from = call.client.db;
  const auto to = DbArg(call, 2);
  if (!to) return to.error();
  if (*to == from) return SameObjects();
  if (!keyspace.FindForWrite(from, key) || keyspace.FindForWrite(*to, key))
    return Reply::Integer(0);
  std::unique_ptr<Entry> entry = keyspace.Detach(from, key);
  if (entry->metadata) entry->metadata->Move(from, *to);
  keyspace.Attach(*to, key, std::move(entry));
  keyspace.Touched(from, key, &call.client);
  keyspace.Touched(*to, key, &call.client);
  call.AddDirty(1);
  call.server.notifier.Notify({EventClass::kGeneric, "move_from", key, from});
  call.server.notifier.Notify({EventClass::kGeneric, "move_to", key, *to});
  return Reply::Integer(1);
}

struct CopyOptions {
  int db;
  bool replace = false;
};

// Fills `options`; the error to answer with, or nothing.
std::optional<Reply> ParseCopyOptions(const CommandCall& call, CopyOptions& options) {
  for (int i = 3; i < call.argc(); ++i) {
    if (call.ArgIs(i, "REPLACE")) {
      options.replace = true;
    } else if (call.ArgIs(i, "DB") && i + 1 < call.argc()) {
      const auto db = DbArg(call, ++i);
      if (!db) return db.error();
      options.db = *db;
    } else {
      return Reply::SyntaxError();
    }
  }
  return std::nullopt;
}

// COPY source destination [DB db] [REPLACE]
Reply Copy(CommandCall& call) {
  Keyspace& keyspace = call.keyspace();
  const std::string& from = call.arg(1);
  const std::string& to = call.arg(2);
  CopyOptions options{.db = call.client.db};
  if (const auto error = ParseCopyOptions(call, options)) return *error;
  if (call.server.cluster && options.db != 0)
    return Reply::Error("ERR Copying to another database is not allowed in cluster mode");
  if (options.db == call.client.db && from == to) return SameObjects();
  const Entry* source = keyspace.FindForRead(call.client.db, from);
  if (!source) return Reply::Integer(0);
  const bool exists = keyspace.FindForWrite(options.db, to) != nullptr;
  if (exists && !options.replace) return Reply::Integer(0);

  std::optional<Value> copied = Duplicate(source->value, {from, call.client.db}, {to, options.db});
  if (!copied) return Reply::Error("ERR not supported for this module key");
  const int64_t expire_at_ms = source->expire_at_ms;
  std::unique_ptr<KeyMetadata> metadata;
  if (source->metadata) metadata = source->metadata->Copy(call.client.db, to, options.db);
  if (exists) keyspace.Remove(options.db, to);
  keyspace.Put(options.db, to, std::move(*copied)).metadata = std::move(metadata);
  keyspace.SetExpiry(options.db, to, expire_at_ms);
  keyspace.Touched(options.db, to, &call.client);
  call.server.notifier.Notify({EventClass::kGeneric, "copy_to", to, options.db});
  call.AddDirty(1);
  return Reply::Integer(1);
}

// What OBJECT looks at: that is no access to the key, and a missing one no event.
const Entry* FindObject(CommandCall& call) {
  return call.keyspace().FindForRead(call.client.db, call.arg(2),
                                     {.touch = false, .notify = false});
}

// OBJECT ENCODING key
Reply ObjectEncoding(CommandCall& call) {
  const Entry* entry = FindObject(call);
  return entry ? Reply::Bulk(EncodingName(entry->value)) : Reply::Null();
}

// OBJECT REFCOUNT key: a real server shares the small integers among all keys.
Reply ObjectRefCount(CommandCall& call) {
  constexpr int64_t kSharedIntegers = 10000;  // 0 and up, made at start
  const Entry* entry = FindObject(call);
  if (!entry) return Reply::Null();
  const String* string = std::get_if<String>(&entry->value);
  if (!string || string->encoding() != "int") return Reply::Integer(1);
  const int64_t number = *ParseInteger(string->bytes());
  const bool shared = number >= 0 && number < kSharedIntegers;
  return Reply::Integer(shared ? std::numeric_limits<int32_t>::max() : 1);
}

// OBJECT IDLETIME key
Reply ObjectIdleTime(CommandCall& call) {
  const Entry* entry = FindObject(call);
  if (!entry) return Reply::Null();
  if (call.server.config.maxmemory_policy_is_lfu)
    return Reply::Error(
        "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when "
        "switching between policies at runtime LRU and LFU data will take some time to adjust.");
  return Reply::Integer(IdleSeconds(*entry, call.now_ms()));
}

// OBJECT FREQ key
Reply ObjectFreq(CommandCall& call) {
  const Entry* entry = FindObject(call);
  if (!entry) return Reply::Null();
  if (!call.server.config.maxmemory_policy_is_lfu)
    return Reply::Error(
        "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note "
        "that when switching between policies at runtime LRU and LFU data will take some time to "
        "adjust.");
  return Reply::Integer(Frequency(*entry, call.now_ms(), call.server.config));
}

constexpr CommandRow kTable[] = {
    {.name = "del", .run = Del},
    {.name = "unlink", .run = Unlink},
    {.name = "exists", .run = Exists},
    {.name = "touch", .run = Touch},
    {.name = "type", .run = Type},
    {.name = "keys", .run = Keys},
    {.name = "scan", .run = Scan},
    {.name = "randomkey", .run = RandomKey},
    {.name = "rename", .run = Rename},
    {.name = "renamenx", .run = RenameNx},
    {.name = "move", .run = Move},
    {.name = "copy", .run = Copy},
    {.name = "object|encoding", .run = ObjectEncoding},
    {.name = "object|refcount", .run = ObjectRefCount},
    {.name = "object|idletime", .run = ObjectIdleTime},
    {.name = "object|freq", .run = ObjectFreq, .partial = "accesses do not change it"},
};

}  // namespace

std::span<const CommandRow> GenericCommands() { return kTable; }

}  // namespace modcert::engine
