#include "module/current_host.h"

#include <execinfo.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <span>
#include <vector>

#include "module/host.h"
#include "module/shared_object.h"

namespace modcert::module {
namespace {

std::mutex hosts_mutex;
std::vector<Host*> hosts;                // all there are
std::atomic<uint64_t> hosts_changed{1};  // counts changes of `hosts` and of their modules

// The module whose code is on the stack, nearest first.
Module* ModuleOnStack(Host& host, std::span<void* const> frames) {
  for (void* frame : frames)
    for (const auto& module : host.modules())
      if (module->has_object() && module->object().Contains(frame)) return module.get();
  return nullptr;
}

// A thread that no scope covers: it was started by a module.
void Adopt() {
  constexpr int kFramesMax = 64;  // a thread's own callbacks are near the top
  std::array<void*, kFramesMax> frames;
  const int count = backtrace(frames.data(), kFramesMax);
  const std::span<void* const> stack(frames.data(), static_cast<size_t>(count));
  const std::lock_guard guard(hosts_mutex);
  this_thread = {.adopted_at = hosts_changed};
  for (Host* host : hosts) {
    Module* module = ModuleOnStack(*host, stack);
    if (!module && hosts.size() > 1) continue;
    this_thread.host = host;
    this_thread.module = module;
    if (module) return;
  }
}

bool IsStale(const ThreadState& state) {
  if (!state.host) return true;
  return state.adopted_at != 0 && state.adopted_at != hosts_changed.load(std::memory_order_relaxed);
}

}  // namespace

const ThreadState& AdoptThread() {
  if (IsStale(this_thread)) Adopt();
  return this_thread;
}

ModuleScope::ModuleScope(Host& host, Module* module)
    : previous_host_(this_thread.adopted_at == 0 ? this_thread.host : nullptr),
      previous_module_(this_thread.adopted_at == 0 ? this_thread.module : nullptr),
      module_(module) {
  this_thread = {&host, module, 0};
  if (module_) ++module_->in_call;
}

ModuleScope::~ModuleScope() {
  this_thread = {previous_host_, previous_module_, 0};
  if (module_) --module_->in_call;
}

void RegisterHost(Host& host) {
  const std::lock_guard guard(hosts_mutex);
  if (std::find(hosts.begin(), hosts.end(), &host) == hosts.end()) hosts.push_back(&host);
  ++hosts_changed;
}

void ChangeModules(const std::function<void()>& change) {
  const std::lock_guard guard(hosts_mutex);
  change();
  ++hosts_changed;
}

void UnregisterHost(Host& host) {
  const std::lock_guard guard(hosts_mutex);
  std::erase(hosts, &host);
  ++hosts_changed;
}

}  // namespace modcert::module
