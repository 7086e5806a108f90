// LOLWUT and SHUTDOWN: how a server presents itself, and how it goes.

#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/tables.h"
#include "engine/server.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

// LOLWUT [VERSION version]
// DEVIATION: 7.0.15 draws the pictures of versions 5 and 6; here it is the line of all others.
Reply Lolwut(CommandCall& call) {
  if (call.argc() >= 3 && call.ArgIs(1, "VERSION") && !ParseInteger(call.arg(2)))
    return Reply::NotAnInteger();
  return resp::Value::Verbatim("txt", fmt::format("Redis ver. {}\n", call.server.version));
}

// The words of SHUTDOWN; nothing when they do not go together.
struct ShutdownOptions {
  bool save = false;
  bool no_save = false;
  bool now = false;
  bool force = false;
  bool abort = false;
};

std::optional<ShutdownOptions> ParseShutdown(const CommandCall& call) {
  ShutdownOptions options;
  for (int i = 1; i < call.argc(); ++i) {
    if (call.ArgIs(i, "SAVE"))
      options.save = true;
    else if (call.ArgIs(i, "NOSAVE"))
      options.no_save = true;
    else if (call.ArgIs(i, "NOW"))
      options.now = true;
    else if (call.ArgIs(i, "FORCE"))
      options.force = true;
    else if (call.ArgIs(i, "ABORT"))
      options.abort = true;
    else
      return std::nullopt;
  }
  const bool ends = options.save || options.no_save || options.now || options.force;
  if ((options.abort && ends) || (options.save && options.no_save)) return std::nullopt;
  return options;
}

// SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]: nothing delays it, so there is nothing to abort.
Reply Shutdown(CommandCall& call) {
  const auto options = ParseShutdown(call);
  if (!options) return Reply::SyntaxError();
  if (options->abort) return Reply::Error("ERR No shutdown in progress.");
  call.server.ShutDown();
  return Reply::Written();
}

constexpr CommandRow kTable[] = {
    {.name = "lolwut", .run = Lolwut, .partial = "no pictures"},
    {.name = "shutdown", .run = Shutdown, .partial = "nothing is saved"},
};

}  // namespace

std::span<const CommandRow> LolwutShutdownCommands() { return kTable; }

}  // namespace modcert::engine
