// MEMORY.

#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/option_word.h"
#include "engine/commands/tables.h"
#include "engine/memory_usage.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

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
  const size_t size =
      MemoryUsage(entry->value, {call.arg(2), call.client.db}, static_cast<size_t>(samples));
  return Reply::Integer(static_cast<int64_t>(size));
}

constexpr CommandRow kTable[] = {
    {.name = "memory|usage", .run = MemoryUsageOf},
};

}  // namespace

std::span<const CommandRow> MemoryCommands() { return kTable; }

}  // namespace modcert::engine
