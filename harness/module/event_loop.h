// Descriptors that modules wait for, and what they want to be done once in the main thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>

#include "redismodule_types.h"

namespace modcert::module {

class Host;
class Module;

// Owned by Host, whose driver calls Serve wherever it waits or time passes. On an epoll of its own,
// so that a descriptor is refused, forgotten or reported exactly as a server's loop does it.
class EventLoop {
 public:
  explicit EventLoop(Host& host) : host_(host) {}
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // What EventLoopAdd and EventLoopDel do; 0, or the errno. Lock held.
  int Add(Module* module, int fd, int mask, RedisModuleEventLoopFunc callback, void* data);
  int Remove(int fd, int mask);
  // Any thread.
  void AddOneShot(Module* module, RedisModuleEventLoopOneShotFunc callback, void* data);

  // Calls back what is ready, after at most `wait_ms` in real time. False when there was nothing.
  bool Serve(int wait_ms);
  // Whether something could become ready.
  bool HasDescriptors() const { return !descriptors_.empty(); }
  bool HasOneShots() const { return one_shot_count_.load(std::memory_order_relaxed) > 0; }
  void Forget(const Module* module);

 private:
  // One for each descriptor: the directions share their data.
  struct Descriptor {
    int mask = 0;
    Module* module = nullptr;
    RedisModuleEventLoopFunc readable = nullptr;
    RedisModuleEventLoopFunc writable = nullptr;
    void* data = nullptr;
  };
  struct OneShot {
    Module* module;
    RedisModuleEventLoopOneShotFunc callback;
    void* data;
  };

  bool IsInRange(int fd) const;
  bool Control(int operation, int fd, int mask);
  void CallBack(int fd, int direction, int ready);
  bool ServeDescriptors(int wait_ms);
  bool ServeOneShots();

  Host& host_;
  int epoll_ = -1;  // made when the first descriptor comes
  std::map<int, Descriptor> descriptors_;
  std::mutex one_shot_mutex_;
  std::deque<OneShot> one_shots_;
  std::atomic<int> one_shot_count_{0};
};

}  // namespace modcert::module
