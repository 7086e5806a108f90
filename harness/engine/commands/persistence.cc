// SAVE, BGSAVE, LASTSAVE. The host keeps no files, only the bytes of the last save, which DEBUG
// RELOAD NOSAVE reads.

#include "engine/persistence.h"
#include "engine/command_call.h"
#include "engine/commands/option_word.h"
#include "engine/commands/tables.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

void SaveNow(Server& server) {
  server.last_save = SaveDataset(server);
  server.stats.dirty = 0;
  server.stats.lastsave_s = server.clock.now_ms() / 1000;
  ++server.stats.rdb_saves;
}

// SAVE
Reply Save(CommandCall& call) {
  SaveNow(call.server);
  return Reply::Ok();
}

// BGSAVE [SCHEDULE]
Reply BgSave(CommandCall& call) {
  if (call.argc() > 2 || (call.argc() == 2 && !IsOption(call.arg(1), "SCHEDULE")))
    return Reply::SyntaxError();
  SaveNow(call.server);
  return Reply::Simple("Background saving started");
}

// LASTSAVE
Reply LastSave(CommandCall& call) { return Reply::Integer(call.server.stats.lastsave_s); }

constexpr CommandRow kTable[] = {
    {.name = "save", .run = Save, .partial = "nothing is written to disk"},
    {.name = "bgsave", .run = BgSave, .partial = "no child: the save is over at once"},
    {.name = "lastsave", .run = LastSave},
};

}  // namespace

std::span<const CommandRow> PersistenceCommands() { return kTable; }

}  // namespace modcert::engine
