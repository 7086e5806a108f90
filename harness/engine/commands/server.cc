// DBSIZE, FLUSHALL, FLUSHDB, SWAPDB, TIME: the small commands of the server group.

#include "engine/server.h"
#include "base/parse_number.h"
#include "engine/cluster.h"
#include "engine/command_call.h"
#include "engine/commands/option_word.h"
#include "engine/commands/tables.h"

namespace modcert::engine {
namespace {

using resp::Value;

// DBSIZE
Reply DbSize(CommandCall& call) {
  return Reply::Integer(static_cast<int64_t>(call.keyspace().size(call.client.db)));
}

// FLUSHALL [ASYNC | SYNC] and FLUSHDB; `db` is -1 for all.
Reply Flush(CommandCall& call, int db) {
  const bool fits =
      call.argc() == 1 ||
      (call.argc() == 2 && (IsOption(call.arg(1), "ASYNC") || IsOption(call.arg(1), "SYNC")));
  if (!fits) return Reply::SyntaxError();
  const bool lazy = call.argc() == 1 && call.server.config.Get("lazyfree-lazy-user-flush") == "yes";
  const FlushStep::Mode mode = lazy || call.ArgIs(call.argc() - 1, "ASYNC")
                                   ? FlushStep::Mode::kAsync
                               : call.argc() == 1 ? FlushStep::Mode::kPlain
                                                  : FlushStep::Mode::kSync;
  call.AddDirty(static_cast<int64_t>(call.server.Flush(db, mode)));
  // An empty server may have replicas that are not.
  call.ForcePropagation();
  return Reply::Ok();
}

// FLUSHALL [ASYNC | SYNC]
Reply FlushAll(CommandCall& call) { return Flush(call, -1); }

// FLUSHDB [ASYNC | SYNC]
Reply FlushDb(CommandCall& call) { return Flush(call, call.client.db); }

void NoteReadyKeys(CommandCall& call, std::initializer_list<int> dbs) {
  for (const int db : dbs)
    call.server.blocking.AllReady(db, [&](const std::string& key) -> const engine::Value* {
      const Entry* entry = call.keyspace().Peek(db, key);
      return entry ? &entry->value : nullptr;
    });
}

// SWAPDB index1 index2
Reply SwapDb(CommandCall& call) {
  if (call.server.cluster) return Reply::Error("ERR SWAPDB is not allowed in cluster mode");
  const std::optional<int64_t> first = ParseInteger(call.arg(1));
  if (!first) return Reply::Error("ERR invalid first DB index");
  const std::optional<int64_t> second = ParseInteger(call.arg(2));
  if (!second) return Reply::Error("ERR invalid second DB index");
  for (int64_t index : {*first, *second})
    if (index < 0 || index >= call.keyspace().db_count())
      return Reply::Error("ERR DB index is out of range");
  const int a = static_cast<int>(*first);
  const int b = static_cast<int>(*second);
  if (a != b) {
    // Those who wait hear of the keys that go and of those that come.
    NoteReadyKeys(call, {a, b});
    call.keyspace().Swap(a, b);
    NoteReadyKeys(call, {a, b});
  }
  call.AddDirty(1);
  call.server.events.Fire(DatabasesSwapped{a, b});
  return Reply::Ok();
}

// TIME
Reply Time(CommandCall& call) {
  const int64_t now_us = call.server.clock.now_us();
  return Reply::Array({Value::Bulk(std::to_string(now_us / 1000000)),
                       Value::Bulk(std::to_string(now_us % 1000000))});
}

constexpr CommandRow kTable[] = {
    {.name = "dbsize", .run = DbSize},   {.name = "flushall", .run = FlushAll},
    {.name = "flushdb", .run = FlushDb}, {.name = "swapdb", .run = SwapDb},
    {.name = "time", .run = Time},
};

}  // namespace

std::span<const CommandRow> ServerCommands() { return kTable; }

}  // namespace modcert::engine
