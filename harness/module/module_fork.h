// The child that a module forks: a real process, a copy of this one.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "redismodule_types.h"

namespace modcert::module {

class Host;
class Module;

// Owned by Host. A server has one child at a time, so the child of a save counts as well
// (engine::Persistence). Lock held.
class ModuleFork {
 public:
  explicit ModuleFork(Host& host) : host_(host) {}
  ~ModuleFork();
  ModuleFork(const ModuleFork&) = delete;
  ModuleFork& operator=(const ModuleFork&) = delete;

  // What Fork does: 0 in the child, its pid in the parent, -1 with errno when there is none.
  pid_t Start(Module* module, RedisModuleForkDoneHandler done, void* data);
  // What KillForkChild does: ends and forgets the child, which must be this one.
  bool Kill(pid_t pid);
  // What ExitFromChild does.
  [[noreturn]] void Exit(int code);
  // What SendChildHeartbeat does: the parent shows it in INFO.
  void Report(double progress);

  // Gives the child up to `wait_ms` in real time to end, and calls the done handler when it has.
  void Await(int64_t wait_ms);
  bool has_child() const { return pid_ > 0; }
  // For whoever drives the host: a child must never get there, because it would go on with what its
  // parent does.
  void EndIfChild() {
    if (is_child_) Exit(kReturnedFromModule);
  }
  void Forget(const Module* module);

 private:
  // How a child ends that did not call ExitFromChild.
  static constexpr int kReturnedFromModule = 70;

  void End();
  void CallDone(int status);
  double Progress();

  Host& host_;
  bool is_child_ = false;
  pid_t pid_ = -1;
  Module* module_ = nullptr;
  RedisModuleForkDoneHandler done_ = nullptr;
  void* data_ = nullptr;
  int reports_ = -1;  // the end of a pipe: the child writes numbers
  double progress_ = 0;
};

}  // namespace modcert::module
