// SLOWLOG and MONITOR: which commands ran.

#include "engine/slowlog.h"

#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/tables.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

using resp::Value;

Value EntryReply(const SlowLogEntry& entry) {
  std::vector<Value> args;
  for (const std::string& arg : entry.args) args.push_back(Value::Bulk(arg));
  return Value::Array({Value::Integer(entry.id), Value::Integer(entry.at_s),
                       Value::Integer(entry.duration_us), Value::Array(std::move(args)),
                       Value::Bulk(entry.address), Value::Bulk(entry.client_name)});
}

// SLOWLOG GET [count]
Reply SlowLogGet(CommandCall& call) {
  if (call.argc() > 3)
    return Reply::Error(
        "ERR unknown subcommand or wrong number of arguments for 'GET'. Try SLOWLOG HELP.");
  const auto& all = call.server.slowlog.entries();
  auto count = int64_t{10};
  if (call.argc() == 3) {
    count = ParseInteger(call.arg(2)).value_or(-2);
    if (count < -1) return Reply::Error("ERR count should be greater than or equal to -1");
    if (count == -1) count = static_cast<int64_t>(all.size());
  }
  std::vector<Value> entries;
  for (const SlowLogEntry& entry : all) {
    if (static_cast<int64_t>(entries.size()) == count) break;
    entries.push_back(EntryReply(entry));
  }
  return Reply::Array(std::move(entries));
}

// SLOWLOG LEN
Reply SlowLogLen(CommandCall& call) {
  return Reply::Integer(static_cast<int64_t>(call.server.slowlog.entries().size()));
}

// SLOWLOG RESET
Reply SlowLogReset(CommandCall& call) {
  call.server.slowlog.Clear();
  return Reply::Ok();
}

// MONITOR
Reply Monitor(CommandCall& call) {
  if (!call.may_block()) return Reply::Error("ERR MONITOR isn't allowed for DENY BLOCKING client");
  if (call.client.is_monitor) return Reply::Written();  // a second time says nothing
  call.server.AddMonitor(call.client);
  return Reply::Ok();
}

constexpr CommandRow kTable[] = {
    {.name = "slowlog|get", .run = SlowLogGet, .partial = "no time of commands that were blocked"},
    {.name = "slowlog|len", .run = SlowLogLen},
    {.name = "slowlog|reset", .run = SlowLogReset},
    {.name = "monitor", .run = Monitor},
};

}  // namespace

std::span<const CommandRow> SlowLogCommands() { return kTable; }

}  // namespace modcert::engine
