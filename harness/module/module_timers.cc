#include "module/module_timers.h"

#include <algorithm>

#include "module/host.h"

namespace modcert::module {

RedisModuleTimerID ModuleTimers::Add(RedisModuleCtx* ctx, int64_t period_ms,
                                     RedisModuleTimerProc callback, void* data) {
  const int64_t now_ms = host_.server.clock.now_ms();
  // timer.negative-period
  const int64_t due_at_ms = now_ms + std::max<int64_t>(period_ms, 0);
  auto id = std::make_shared<RedisModuleTimerID>(0);
  // timer.has-an-id, timer.by-the-million
  *id = host_.server.timers.Add(due_at_ms, [this, id] { Fire(*id); });
  timers_.emplace(*id, Timer{ctx->module, callback, data, ctx->db(), due_at_ms});
  return *id;
}

const ModuleTimers::Timer* ModuleTimers::Find(RedisModuleTimerID id, const Module* module) const {
  // timer.stop-of-none, timer.info-of-none
  const auto it = timers_.find(id);
  return it != timers_.end() && it->second.module == module ? &it->second : nullptr;
}

std::optional<ModuleTimers::Timer> ModuleTimers::Stop(RedisModuleTimerID id, const Module* module) {
  const Timer* timer = Find(id, module);
  if (!timer) return std::nullopt;
  const Timer stopped = *timer;
  host_.server.timers.Cancel(id);  // timer.stopped-does-not-fire
  timers_.erase(id);
  return stopped;
}

int64_t ModuleTimers::RemainingMs(const Timer& timer) const {
  return std::max<int64_t>(0, timer.due_at_ms - host_.server.clock.now_ms());
}

bool ModuleTimers::HasAny(const Module* module) const {
  return std::any_of(timers_.begin(), timers_.end(),
                     [&](const auto& entry) { return entry.second.module == module; });
}

void ModuleTimers::Forget(const Module* module) {
  std::erase_if(timers_, [&](const auto& entry) {
    if (entry.second.module != module) return false;
    host_.server.timers.Cancel(entry.first);
    return true;
  });
}

void ModuleTimers::Fire(RedisModuleTimerID id) {
  const Timer timer = timers_.at(id);
  const engine::ExecutionUnit unit(host_.server.propagation);
  const ModuleScope scope(host_, timer.module);
  // timer.fires-once, timer.database
  RedisModuleCtx* ctx = host_.NewContextWithClient(timer.module, ContextKind::kTimer, timer.db);
  timer.callback(ctx, timer.data);
  host_.EndContext(ctx);
  // timer.known-in-its-callback: GetTimerInfo still finds it there, with nothing remaining.
  timers_.erase(id);
}

}  // namespace modcert::module
