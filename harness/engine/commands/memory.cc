// MEMORY.

#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/option_word.h"
#include "engine/commands/tables.h"
#include "engine/memory_usage.h"
#include "engine/server.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

using resp::Value;

// MEMORY USAGE key [SAMPLES count]
Reply MemoryUsageOf(CommandCall& call) {
  int64_t samples = 5;
  for (int i = 3; i < call.argc(); i += 2) {
    if (!IsOption(call.arg(i), "SAMPLES") || i + 1 >= call.argc()) return Reply::SyntaxError();
    const std::optional<int64_t> parsed = ParseInteger(call.arg(i + 1));
    if (!parsed) return Reply::NotAnInteger();
    if (*parsed < 0) return Reply::SyntaxError();
    samples = *parsed;
  }
  // Looks at the key as it stands: no expiry, no access.
  const Entry* entry = call.keyspace().Peek(call.client.db, call.arg(2));
  if (!entry) return Reply::Null();
  const KeyPlace place = {call.arg(2), call.client.db};
  size_t size = MemoryUsage(entry->value, place, static_cast<size_t>(samples));
  // keymeta.memory
  if (entry->metadata)
    entry->metadata->ForEach([&](const KeyMetaClass& owner, uint64_t& meta) {
      size += owner.MemoryUsage(place, meta, static_cast<size_t>(samples));
    });
  return Reply::Integer(static_cast<int64_t>(size));
}

// MEMORY PURGE: there is no allocator of our own whose pages could be given back.
Reply MemoryPurge(CommandCall&) { return Reply::Ok(); }

// MEMORY MALLOC-STATS
Reply MemoryMallocStats(CommandCall&) {
  return Value::Verbatim("txt", "Stats not supported for the current allocator");
}

// MEMORY DOCTOR
// DEVIATION: 7.0.15 answers with advice in prose of its own.
Reply MemoryDoctor(CommandCall&) {
  return Value::Verbatim("txt", "The host keeps no account of its memory: nothing to report.\n");
}

// The fields of MEMORY STATS in front of the databases and behind them; those with a point are
// fractions.
constexpr std::string_view kStatsBefore[] = {
    "peak.allocated", "total.allocated", "startup.allocated", "replication.backlog",
    "clients.slaves", "clients.normal",  "cluster.links",     "aof.buffer",
    "lua.caches",     "functions.caches"};

struct StatsField {
  std::string_view name;
  bool is_fraction = false;
};

constexpr StatsField kStatsBehind[] = {
    {"dataset.bytes"},
    {"dataset.percentage", true},
    {"peak.percentage", true},
    {"allocator.allocated"},
    {"allocator.active"},
    {"allocator.resident"},
    {"allocator-fragmentation.ratio", true},
    {"allocator-fragmentation.bytes"},
    {"allocator-rss.ratio", true},
    {"allocator-rss.bytes"},
    {"rss-overhead.ratio", true},
    {"rss-overhead.bytes"},
    {"fragmentation", true},
    {"fragmentation.bytes"},
};

void Add(std::vector<Value>& map, std::string_view name, Value value) {
  map.push_back(Value::Bulk(name));
  map.push_back(std::move(value));
}

// MEMORY STATS: the number of keys is true, what an allocator would know stands at 0.
Reply MemoryStats(CommandCall& call) {
  std::vector<Value> map;
  for (std::string_view name : kStatsBefore) Add(map, name, Value::Integer(0));
  int64_t keys = 0;
  for (int i = 0; i < call.keyspace().db_count(); ++i) {
    const auto size = static_cast<int64_t>(call.keyspace().size(i));
    keys += size;
    if (size == 0) continue;
    std::vector<Value> db;
    Add(db, "overhead.hashtable.main", Value::Integer(0));
    Add(db, "overhead.hashtable.expires", Value::Integer(0));
    Add(db, "overhead.hashtable.slot-to-keys", Value::Integer(0));
    Add(map, fmt::format("db.{}", i), Value::Map(std::move(db)));
  }
  Add(map, "overhead.total", Value::Integer(0));
  Add(map, "keys.count", Value::Integer(keys));
  Add(map, "keys.bytes-per-key", Value::Integer(0));
  for (const StatsField& field : kStatsBehind)
    Add(map, field.name, field.is_fraction ? Value::Double(0) : Value::Integer(0));
  return Value::Map(std::move(map));
}

constexpr CommandRow kTable[] = {
    {.name = "memory|usage", .run = MemoryUsageOf},
    {.name = "memory|stats", .run = MemoryStats, .partial = "no account of an allocator"},
    {.name = "memory|doctor", .run = MemoryDoctor, .partial = "the text is our own"},
    {.name = "memory|malloc-stats", .run = MemoryMallocStats},
    {.name = "memory|purge", .run = MemoryPurge},
};

}  // namespace

std::span<const CommandRow> MemoryCommands() { return kTable; }

}  // namespace modcert::engine
