// DEBUG: the subcommands that tests and module authors use.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/debug_protocol.h"
#include "engine/commands/option_word.h"
#include "engine/commands/tables.h"
#include "engine/config_parameters.h"
#include "engine/dataset.h"
#include "engine/key_usage.h"
#include "engine/persistence.h"
#include "engine/rdb/dump.h"
#include "engine/rdb/listpack.h"
#include "engine/replication.h"
#include "engine/scripting/scripting.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

using resp::Value;

Reply UnknownSubcommand(CommandCall& call) {
  return Reply::Error(
      fmt::format("ERR unknown subcommand or wrong number of arguments for '{}'. Try DEBUG HELP.",
                  std::string_view(call.arg(1)).substr(0, 128)));
}

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
  const int64_t idle_s = IdleSeconds(*entry, call.now_ms());
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
  if (options->flush) server.Empty(-1, FlushStep::Mode::kSync);
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
  server.Empty(-1, FlushStep::Mode::kSync);
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

// "value:7", cut or filled with zero bytes when a size is asked for.
std::string PopulatedValue(int64_t number, size_t size) {
  std::string value = fmt::format("value:{}", number);
  if (size > 0) value.resize(size);
  return value;
}

// DEBUG POPULATE count [prefix] [size]: keys that are there already stay as they are.
Reply DebugPopulate(CommandCall& call) {
  const auto count = ParseInteger(call.arg(2));
  const auto size = call.argc() == 5 ? ParseInteger(call.arg(4)) : std::optional<int64_t>(0);
  if (!count || *count < 0 || !size || *size < 0)
    return Reply::Error("ERR value is out of range, must be positive");
  const std::string prefix = call.argc() > 3 ? call.arg(3) : "key";
  for (int64_t i = 0; i < *count; ++i) {
    const std::string key = fmt::format("{}:{}", prefix, i);
    if (call.keyspace().FindForWrite(call.client.db, key)) continue;
    // What it adds never counts as a number.
    String value;
    value.AssignText(PopulatedValue(i, static_cast<size_t>(*size)));
    call.keyspace().Put(call.client.db, key, std::move(value));
    call.Touched(key);
  }
  return Reply::Ok();
}

// DEBUG ERROR text: no error of a command, so the statistics do not count it.
Reply DebugError(CommandCall& call) {
  std::string text = call.arg(2);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
  call.client.Send(Value::Error(text));
  return Reply::Written();
}

// DEBUG LOG message
Reply DebugLog(CommandCall& call) {
  call.server.log.Write(ServerLog::Level::kWarning, "DEBUG LOG: " + call.arg(2));
  return Reply::Ok();
}

// DEBUG SET-DISABLE-DENY-SCRIPTS 0|1
Reply DebugSetDisableDenyScripts(CommandCall& call) {
  call.server.scripting().may_call_all = std::atoi(call.arg(2).c_str()) != 0;
  return Reply::Ok();
}

// DEBUG LISTPACK key, DEBUG QUICKLIST key [detail]: what a server prints goes to where it was
// started, and is not shown here.
Reply DebugListpack(CommandCall& call) {
  const Entry* entry = call.keyspace().Peek(call.client.db, call.arg(2));
  if (!entry) return Reply::NoSuchKey();
  if (EncodingName(entry->value) != "listpack")
    return Reply::Error("ERR Not a listpack encoded object.");
  return Reply::Simple("Listpack structure printed on stdout");
}

Reply DebugQuicklist(CommandCall& call) {
  const Entry* entry = call.keyspace().Peek(call.client.db, call.arg(2));
  if (!entry) return Reply::NoSuchKey();
  if (!std::holds_alternative<List>(entry->value))
    return Reply::Error("ERR Not a quicklist encoded object.");
  return Reply::Simple("Quicklist structure printed on stdout");
}

// DEBUG QUICKLIST-PACKED-THRESHOLD size
// DEVIATION: in a server (7.0) longer elements of a list get a node of their own; here only the
// reply is the same.
Reply DebugQuicklistPackedThreshold(CommandCall& call) {
  constexpr int64_t kSizeMax = (int64_t{1} << 32) - (1 << 20);
  const auto size = call.arg(2).empty() ? 0 : ParseMemory(call.arg(2));
  if (!size || *size > kSizeMax)
    return Reply::Error("ERR argument must be a memory value bigger than 1 and smaller than 4gb");
  return Reply::Ok();
}

// DEBUG REPLYBUFFER PEAK-RESET-TIME time, DEBUG REPLYBUFFER RESIZING 0|1: replies have no buffer of
// a fixed size here.
Reply DebugReplyBuffer(CommandCall& call) {
  const std::string& value = call.arg(3);
  if (IsOption(call.arg(2), "RESIZING")) return Reply::Ok();
  if (!IsOption(call.arg(2), "PEAK-RESET-TIME")) return UnknownSubcommand(call);
  if (IsOption(value, "NEVER") || IsOption(value, "RESET") || ParseInteger(value))
    return Reply::Ok();
  return Reply::NotAnInteger();
}

// DEBUG CONFIG-REWRITE-FORCE-ALL: there is no config file, as with CONFIG REWRITE.
Reply DebugConfigRewrite(CommandCall&) {
  return Reply::Error("ERR CONFIG-REWRITE-FORCE-ALL failed: Bad address");
}

// DEBUG STRINGMATCH-TEST
Reply DebugStringMatchTest(CommandCall&) {
  return Reply::Simple("Apparently Redis did not crash: test passed");
}

// DEBUG LEAK text: the memory would be lost on a server; here it is not taken.
Reply DebugLeak(CommandCall&) { return Reply::Ok(); }

// DEBUG STRUCTSIZE: those of a 64-bit server, 7.0.
Reply DebugStructSize(CommandCall&) {
  return Reply::Bulk(
      "bits:64 robj:16 dictentry:24 sdshdr5:1 sdshdr8:3 sdshdr16:5 sdshdr32:9 sdshdr64:17 ");
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
    {"POPULATE", 3, 5, DebugPopulate},
    {"PROTOCOL", 3, 3, DebugProtocol},
    {"ERROR", 3, 3, DebugError},
    {"LOG", 3, 3, DebugLog},
    {"SET-DISABLE-DENY-SCRIPTS", 3, 3, DebugSetDisableDenyScripts},
    {"LISTPACK", 3, 3, DebugListpack},
    {"QUICKLIST", 3, 4, DebugQuicklist},
    {"QUICKLIST-PACKED-THRESHOLD", 3, 3, DebugQuicklistPackedThreshold},
    {"REPLYBUFFER", 4, 4, DebugReplyBuffer},
    {"CONFIG-REWRITE-FORCE-ALL", 2, 2, DebugConfigRewrite},
    {"STRINGMATCH-TEST", 2, 2, DebugStringMatchTest},
    {"LEAK", 3, 3, DebugLeak},
    {"STRUCTSIZE", 2, 2, DebugStructSize},
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
  return UnknownSubcommand(call);
}

constexpr CommandRow kTable[] = {
    {.name = "debug",
     .run = Debug,
     .partial =
         "what shows memory or ends the server is missing: HTSTATS, SDSLEN, PANIC and the like"},
};

}  // namespace

std::span<const CommandRow> DebugCommands() { return kTable; }

}  // namespace modcert::engine
