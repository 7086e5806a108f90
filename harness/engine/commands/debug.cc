// DEBUG: the subcommands that tests and module authors use.

#include <fmt/format.h>

#include <cstdlib>

#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/option_word.h"
#include "engine/commands/tables.h"
#include "engine/dataset.h"
#include "engine/persistence.h"
#include "engine/rdb/dump.h"
#include "engine/rdb/listpack.h"
#include "engine/replication.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

using resp::Value;

// DEBUG SLEEP seconds: time does not pass by itself here, so there is nothing to wait for; but the
// slow log and LATENCY see a command that took so long.
Reply Sleep(CommandCall& call) {
  const double seconds = ParseDouble(call.arg(2)).value_or(0);
  if (seconds > 0) call.server.Spend(static_cast<int64_t>(seconds * 1e6));
  return Reply::Ok();
}

// DEBUG DIGEST
Reply DebugDigest(CommandCall& call) { return Reply::Simple(DigestOfDataset(call.server).ToHex()); }

// DEBUG DIGEST-VALUE [key ...]
Reply DebugDigestValue(CommandCall& call) {
  std::vector<Value> digests;
  for (const std::string& key : call.args.subspan(2)) {
    const Entry* entry = call.keyspace().Peek(call.client.db, key);
    const Digest digest =
        entry ? DigestOfValue(entry->value, {key, call.client.db},
                              entry->expire_at_ms == kNoExpiry ? Expires::kNo : Expires::kYes)
              : Digest();
    digests.push_back(Value::Simple(digest.ToHex()));
  }
  return Reply::Array(std::move(digests));
}

// What DEBUG OBJECT says of a list besides. Its items stand in one node of the list: larger ones
// are not measured here.
std::string QuicklistText(const Entry& entry) {
  const List* list = std::get_if<List>(&entry.value);
  if (!list) return {};
  rdb::ListpackBuilder node;
  for (size_t i = 0; i < list->size(); ++i) node.Append(list->at(i));
  return fmt::format(
      " ql_nodes:1 ql_avg_node:{:.2f} ql_listpack_max:-2 ql_compressed:0 ql_uncompressed_size:{}",
      static_cast<double>(list->size()), node.size());
}

// DEBUG OBJECT key
Reply DebugObject(CommandCall& call) {
  const Entry* entry = call.keyspace().Peek(call.client.db, call.arg(2));
  if (!entry) return Reply::NoSuchKey();
  // The size of the payload without its type byte, version and checksum.
  constexpr size_t kAround = 1 + 2 + 8;
  const std::string payload = rdb::Dump(entry->value, {call.arg(2), call.client.db});
  const int64_t idle_s = (call.now_ms() - entry->accessed_at_ms) / 1000;
  return Reply::Simple(fmt::format(
      "Value at:0x0 refcount:1 encoding:{} serializedlength:{} lru:{} lru_seconds_idle:{}{}",
      EncodingName(entry->value), payload.size() - kAround,
      entry->accessed_at_ms / 1000 % (1 << 24), idle_s, QuicklistText(*entry)));
}

struct ReloadOptions {
  bool save = true;
  bool flush = true;
  LoadRules rules;
};

std::optional<ReloadOptions> ParseReloadOptions(std::span<const std::string> args) {
  ReloadOptions options;
  for (const std::string& arg : args) {
    if (IsOption(arg, "MERGE"))
      options.rules.duplicate = LoadRules::Duplicate::kReplace;
    else if (IsOption(arg, "NOFLUSH"))
      options.flush = false;
    else if (IsOption(arg, "NOSAVE"))
      options.save = false;
    else
      return std::nullopt;
  }
  return options;
}

// DEBUG RELOAD [MERGE] [NOFLUSH] [NOSAVE]
Reply DebugReload(CommandCall& call) {
  const std::optional<ReloadOptions> options = ParseReloadOptions(call.args.subspan(2));
  if (!options)
    return Reply::Error("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
  Server& server = call.server;
  if (options->save) server.persistence->WriteRdb();
  if (options->flush) server.keyspace.Flush(-1);
  if (const Status loaded = server.persistence->ReloadRdb(options->rules); !loaded) {
    server.log.Write(ServerLog::Level::kWarning, loaded.error().ToString());
    return Reply::Error("ERR Error trying to load the RDB dump");
  }
  server.stats.dirty = 0;
  return Reply::Ok();
}

// DEBUG LOADAOF
// DEVIATION: a server (7.0) whose files cannot be read ends; this one answers, and is empty.
Reply DebugLoadAof(CommandCall& call) {
  Server& server = call.server;
  server.keyspace.Flush(-1);
  if (const Status loaded = server.persistence->ReloadAof(); !loaded) {
    server.log.Write(ServerLog::Level::kWarning, loaded.error().ToString());
    return Reply::Error("ERR Error trying to load the AOF files, check server logs.");
  }
  server.stats.dirty = 0;
  return Reply::Ok();
}

// DEBUG SET-ACTIVE-EXPIRE 0|1
Reply DebugSetActiveExpire(CommandCall& call) {
  call.keyspace().set_active_expire(std::atoi(call.arg(2).c_str()) != 0);
  return Reply::Ok();
}

// DEBUG CHANGE-REPL-ID
Reply DebugChangeReplId(CommandCall& call) {
  call.server.replication->ChangeId();
  return Reply::Ok();
}

// DEBUG has no facts of its subcommands: the server looks at them by hand, and so do we.
struct Subcommand {
  std::string_view name;  // in capitals
  int min_argc;
  int max_argc;  // 0: no limit
  Reply (*run)(CommandCall& call);
};

Reply DebugHelp(CommandCall& call);

constexpr Subcommand kSubcommands[] = {
    {"SLEEP", 3, 3, Sleep},
    {"DIGEST", 2, 2, DebugDigest},
    {"DIGEST-VALUE", 2, 0, DebugDigestValue},
    {"OBJECT", 3, 3, DebugObject},
    {"RELOAD", 2, 0, DebugReload},
    {"LOADAOF", 2, 2, DebugLoadAof},
    {"SET-ACTIVE-EXPIRE", 3, 3, DebugSetActiveExpire},
    {"CHANGE-REPL-ID", 2, 2, DebugChangeReplId},
    {"HELP", 2, 2, DebugHelp},
};

// DEBUG HELP
// DEVIATION: a real server (7.0) prints its own text and more subcommands; both are arrays of
// lines.
Reply DebugHelp(CommandCall&) {
  std::vector<Value> lines = {Value::Simple("DEBUG subcommand [argument ...]")};
  for (const Subcommand& row : kSubcommands) lines.push_back(Value::Simple(row.name));
  return Reply::Array(std::move(lines));
}

// DEBUG subcommand [arg ...]
Reply Debug(CommandCall& call) {
  for (const Subcommand& row : kSubcommands) {
    if (!IsOption(call.arg(1), row.name)) continue;
    if (call.argc() < row.min_argc || (row.max_argc && call.argc() > row.max_argc)) break;
    return row.run(call);
  }
  return Reply::Error(
      fmt::format("ERR unknown subcommand or wrong number of arguments for '{}'. Try DEBUG HELP.",
                  std::string_view(call.arg(1)).substr(0, 128)));
}

constexpr CommandRow kTable[] = {
    {.name = "debug",
     .run = Debug,
     .partial =
         "SLEEP, DIGEST, DIGEST-VALUE, OBJECT, RELOAD, LOADAOF, SET-ACTIVE-EXPIRE, CHANGE-REPL-ID"},
};

}  // namespace

std::span<const CommandRow> DebugCommands() { return kTable; }

}  // namespace modcert::engine
