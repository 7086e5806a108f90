// Which host and which module a thread works for: the one thing we have that is not passed in.
#pragma once

#include <cstdint>
#include <functional>

namespace modcert::module {

class Host;
class Module;

// What a thread knows of itself: for CurrentHost and ModuleScope alone. A thread of a module finds
// it out once, and again when hosts or modules came or went meanwhile.
struct ThreadState {
  Host* host = nullptr;
  Module* module = nullptr;
  uint64_t adopted_at = 0;  // 0: set by a ModuleScope
};
inline constinit thread_local ThreadState this_thread;
// A thread that no scope covers: looks where it belongs, unless it knows already.
const ThreadState& AdoptThread();

// The host that this thread runs for: set by a ModuleScope on the main thread. A thread of a module
// is recognised by the code on its stack, once. Null when no host fits.
inline Host* CurrentHost() {
  const bool is_covered = this_thread.host && this_thread.adopted_at == 0;
  return is_covered ? this_thread.host : AdoptThread().host;
}
// The module whose code called; null when it cannot be told.
inline Module* CurrentModule() {
  const bool is_covered = this_thread.host && this_thread.adopted_at == 0;
  return is_covered ? this_thread.module : AdoptThread().module;
}

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
