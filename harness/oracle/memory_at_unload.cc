#include "oracle/memory_at_unload.h"

#include "fmt/format.h"
#include "module/elf.h"
#include "module/loader.h"
#include "module/shared_object.h"

namespace modcert::oracle {

bool CanStartThreads(module::Module& module) {
  if (!module.has_object()) return false;
  const auto elf = module::ReadElf(module.object().ReadBytes(), module.path);
  return !elf || elf->CanStartThreads();
}

Left UnloadAndCount(module::Host& host, const std::string& module) {
  Left left;
  host.server.keyspace.Flush(-1);
  host.on_unloaded = [&](const module::Module& gone) {
    left.bytes = gone.heap.live_bytes();
    left.blocks = gone.heap.live_blocks();
  };
  left.unloaded = module::UnloadModule(host, module).has_value();
  host.on_unloaded = nullptr;
  return left;
}

Findings MemoryAtUnload(module::Host& host) {
  Findings findings;
  std::vector<std::string> names;
  // A thread may free what it has after it has given its client back: nobody can wait for that.
  for (const auto& module : host.modules())
    if (!CanStartThreads(*module)) names.push_back(module->name);
  for (const std::string& name : names) {
    const Left left = UnloadAndCount(host, name);
    if (left.blocks == 0) continue;
    // memory.freed-at-unload: nobody can free it any more.
    findings.push_back(
        MakeFinding("memory.freed-at-unload",
                    fmt::format("{} bytes in {} blocks of RedisModule_Alloc were not freed",
                                left.bytes, left.blocks),
                    name, validate::Severity::kWarning));
  }
  TakeFrom(host, findings);
  return findings;
}

}  // namespace modcert::oracle
