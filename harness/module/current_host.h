// Which host and which module a thread works for: the one thing we have that is not passed in.
#pragma once

#include <functional>

namespace modcert::module {

class Host;
class Module;

// The host that this thread runs for: set by a ModuleScope on the main thread. A thread of a module
// is recognised by the code on its stack, once. Null when no host fits.
Host* CurrentHost();
// The module whose code called; null when it cannot be told.
Module* CurrentModule();

// Around each call into a module, on any thread. Nests.
class ModuleScope {
 public:
  ModuleScope(Host& host, Module* module);
  ~ModuleScope();
  ModuleScope(const ModuleScope&) = delete;
  ModuleScope& operator=(const ModuleScope&) = delete;

 private:
  Host* previous_host_;
  Module* previous_module_;
  Module* module_;
};

// For Host: every host enters at birth and leaves at death. A change of a host's modules runs
// inside ChangeModules, because threads look through them to know where they belong.
void RegisterHost(Host& host);
void UnregisterHost(Host& host);
void ChangeModules(const std::function<void()>& change);

}  // namespace modcert::module
