#include "module/shared_apis.h"

#include <algorithm>

#include "module/module.h"

namespace modcert::module {

bool SharedApis::Export(Module& module, std::string_view name, void* function) {
  if (!entries_.try_emplace(std::string(name), Entry{&module, function}).second) return false;
  module.shared_apis.emplace_back(name);
  return true;
}

void* SharedApis::Get(Module& user, std::string_view name) {
  const auto it = entries_.find(name);
  if (it == entries_.end()) return nullptr;
  Module& exporter = *it->second.module;
  const bool known = std::find(user.uses.begin(), user.uses.end(), &exporter) != user.uses.end();
  if (!known) {
    user.uses.push_back(&exporter);
    exporter.used_by.push_back(&user);
  }
  return it->second.function;
}

void SharedApis::Forget(Module& module) {
  std::erase_if(entries_, [&](const auto& entry) { return entry.second.module == &module; });
  for (Module* exporter : module.uses) std::erase(exporter->used_by, &module);
  for (Module* user : module.used_by) std::erase(user->uses, &module);
  module.uses.clear();
  module.used_by.clear();
}

}  // namespace modcert::module
