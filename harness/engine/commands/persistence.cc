// SAVE, BGSAVE, BGREWRITEAOF, LASTSAVE. The files are in memory (engine/files.h).

#include "engine/persistence.h"

#include "engine/command_call.h"
#include "engine/commands/option_word.h"
#include "engine/commands/tables.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

using Started = Persistence::Started;

// SAVE
Reply Save(CommandCall& call) {
  Persistence& persistence = *call.server.persistence;
  if (persistence.saves_in_background())
    return Reply::Error("ERR Background save already in progress");
  persistence.Save();
  return Reply::Ok();
}

// BGSAVE [SCHEDULE]
Reply BgSave(CommandCall& call) {
  if (call.argc() > 2 || (call.argc() == 2 && !IsOption(call.arg(1), "SCHEDULE")))
    return Reply::SyntaxError();
  switch (call.server.persistence->StartSave(call.argc() == 2, !call.may_block())) {
    case Started::kStarted:
      return Reply::Simple("Background saving started");
    case Started::kScheduled:
      return Reply::Simple("Background saving scheduled");
    case Started::kSameRuns:
      return Reply::Error("ERR Background save already in progress");
    case Started::kOtherRuns:
      break;
  }
  return Reply::Error(
      "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in "
      "order to schedule a BGSAVE whenever possible.");
}

// BGREWRITEAOF
Reply BgRewriteAof(CommandCall& call) {
  switch (call.server.persistence->StartRewrite(!call.may_block())) {
    case Started::kScheduled:
      return Reply::Simple("Background append only file rewriting scheduled");
    case Started::kSameRuns:
      return Reply::Error("ERR Background append only file rewriting already in progress");
    default:
      return Reply::Simple("Background append only file rewriting started");
  }
}

// LASTSAVE
Reply LastSave(CommandCall& call) { return Reply::Integer(call.server.stats.lastsave_s); }

constexpr CommandRow kTable[] = {
    {.name = "save", .run = Save},
    {.name = "bgsave", .run = BgSave},
    {.name = "bgrewriteaof", .run = BgRewriteAof},
    {.name = "lastsave", .run = LastSave},
};

}  // namespace

std::span<const CommandRow> PersistenceCommands() { return kTable; }

}  // namespace modcert::engine
