// Timers of modules, on the engine's timers and so on the host's clock.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "redismodule_types.h"

namespace modcert::module {

class Host;
class Module;

// Owned by Host. Lock held.
class ModuleTimers {
 public:
  explicit ModuleTimers(Host& host) : host_(host) {}

  struct Timer {
    Module* module;
    RedisModuleTimerProc callback;
    void* data;
    int db;
    int64_t due_at_ms;
  };

  // Fires once, `period_ms` from now, with the database selected that the context has.
  RedisModuleTimerID Add(RedisModuleCtx* ctx, int64_t period_ms, RedisModuleTimerProc callback,
                         void* data);
  // The timer, or null: none of that id, or another module's.
  const Timer* Find(RedisModuleTimerID id, const Module* module) const;
  // Takes the timer out; nothing when Find gives null.
  std::optional<Timer> Stop(RedisModuleTimerID id, const Module* module);
  // Milliseconds until it fires, not below zero.
  int64_t RemainingMs(const Timer& timer) const;
  bool HasAny(const Module* module) const;
  void Forget(const Module* module);

 private:
  void Fire(RedisModuleTimerID id);

  Host& host_;
  std::map<RedisModuleTimerID, Timer> timers_;  // the ids are those of the engine's timers
};

}  // namespace modcert::module
