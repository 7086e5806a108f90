#include "oracle/reload.h"

#include <algorithm>

#include "fmt/format.h"
#include "fmt/ranges.h"
#include "module/loader.h"

namespace modcert::oracle {
namespace {

// What a module was loaded with, and what came of it.
struct Loaded {
  std::string name;
  std::string path;
  std::vector<std::string> args;
  std::vector<std::string> commands;
};

void ReloadOne(module::Host& host, const Loaded& before, Findings& findings) {
  const Status unloaded = module::UnloadModule(host, before.name);
  // A module may refuse: its OnUnload says so, and stays.
  if (!unloaded) return;
  const auto again = module::LoadModule(host, before.path, before.args);
  if (!again) {
    // module.loads-again: what was unloaded can be loaded again.
    findings.push_back(MakeFinding("module.loads-again", again.error().ToString(), before.name));
    return;
  }
  if ((*again)->commands != before.commands) {
    // module.registers-the-same: the second time as the first.
    findings.push_back(MakeFinding(
        "module.registers-the-same",
        fmt::format("the commands were {}, and are {} after it was loaded again",
                    fmt::join(before.commands, " "), fmt::join((*again)->commands, " ")),
        before.name));
  }
}

}  // namespace

std::string ReasonToStay(const module::Host& host, const module::Module& module) {
  if (!module.types.empty()) return "it exports data types, and a server keeps such a module";
  if (!module.used_by.empty()) return "other modules use its API";
  if (host.timers.HasAny(&module)) return "a timer of its own is still running";
  if (host.blocked_clients.OutstandingCount(&module) > 0) return "it still blocks clients";
  return {};
}

Findings Reload(module::Host& host) {
  Findings findings;
  std::vector<Loaded> all;
  for (const auto& module : host.modules()) {
    if (!ReasonToStay(host, *module).empty()) continue;
    all.push_back({module->name, module->path, module->args, module->commands});
  }
  for (const Loaded& module : all) ReloadOne(host, module, findings);
  TakeFrom(host, findings);
  return findings;
}

}  // namespace modcert::oracle
