#include "module/event_loop.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/parse_number.h"
#include "module/host.h"

namespace modcert::module {
namespace {

constexpr int kBoth = REDISMODULE_EVENTLOOP_READABLE | REDISMODULE_EVENTLOOP_WRITABLE;

// What a server reserves for files and listening sockets, beyond its clients.
constexpr int kReservedDescriptors = 128;

// A callback that leaves its descriptor ready is called again and again, and a server would spin;
// here others have their turn after so many.
constexpr int kRoundsMax = 100;

uint32_t EpollEvents(int mask) {
  uint32_t events = 0;
  if (mask & REDISMODULE_EVENTLOOP_READABLE) events |= EPOLLIN;
  if (mask & REDISMODULE_EVENTLOOP_WRITABLE) events |= EPOLLOUT;
  return events;
}

// eventloop.broken-is-both: an error or a hang-up counts as readable and writable.
int MaskOf(uint32_t events) {
  int mask = 0;
  if (events & EPOLLIN) mask |= REDISMODULE_EVENTLOOP_READABLE;
  if (events & EPOLLOUT) mask |= REDISMODULE_EVENTLOOP_WRITABLE;
  return events & (EPOLLERR | EPOLLHUP) ? kBoth : mask;
}

}  // namespace

EventLoop::~EventLoop() {
  if (epoll_ >= 0) close(epoll_);
}

bool EventLoop::IsInRange(int fd) const {
  const int64_t clients_max = ParseInteger(host_.server.config.Get("maxclients")).value_or(0);
  return fd >= 0 && fd < clients_max + kReservedDescriptors;
}

bool EventLoop::Control(int operation, int fd, int mask) {
  if (epoll_ < 0) epoll_ = epoll_create1(EPOLL_CLOEXEC);
  epoll_event event = {};
  event.events = EpollEvents(mask);
  event.data.fd = fd;
  return epoll_ctl(epoll_, operation, fd, &event) == 0;
}

int EventLoop::Add(Module* module, int fd, int mask, RedisModuleEventLoopFunc callback,
                   void* data) {
  // eventloop.range-before-mask, eventloop.out-of-range
  if (!IsInRange(fd)) return ERANGE;
  // eventloop.invalid; eventloop.empty-mask: without any bit it is fine.
  if (!callback || (mask & ~kBoth) != 0) return EINVAL;
  const auto known = descriptors_.find(fd);
  const int before = known == descriptors_.end() ? 0 : known->second.mask;
  // eventloop.no-descriptor: epoll says so.
  if (!Control(before == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, before | mask)) return errno;
  Descriptor& descriptor = descriptors_[fd];
  descriptor.mask |= mask;
  descriptor.module = module;
  // eventloop.data-per-descriptor
  descriptor.data = data;
  // eventloop.callback-per-direction
  if (mask & REDISMODULE_EVENTLOOP_READABLE) descriptor.readable = callback;
  if (mask & REDISMODULE_EVENTLOOP_WRITABLE) descriptor.writable = callback;
  return 0;
}

int EventLoop::Remove(int fd, int mask) {
  if (!IsInRange(fd)) return ERANGE;
  if ((mask & ~kBoth) != 0) return EINVAL;
  const auto it = descriptors_.find(fd);
  if (it == descriptors_.end()) return 0;  // eventloop.del-of-none
  const int left = it->second.mask & ~mask;
  // A descriptor that has been closed is out of the epoll already.
  Control(left == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD, fd, left);
  it->second.mask = left;
  if (left == 0) descriptors_.erase(it);
  return 0;
}

void EventLoop::AddOneShot(Module* module, RedisModuleEventLoopOneShotFunc callback, void* data) {
  // eventloop.one-shot-of-thread: the mutex is all that is needed.
  const std::lock_guard guard(one_shot_mutex_);
  one_shots_.push_back({module, callback, data});
  ++one_shot_count_;
}

bool EventLoop::Serve(int wait_ms) {
  bool any = false;
  for (int round = 0; round < kRoundsMax; ++round) {
    const bool one_shots = HasOneShots() && ServeOneShots();
    const bool descriptors = HasDescriptors() && ServeDescriptors(any || one_shots ? 0 : wait_ms);
    if (!one_shots && !descriptors) break;
    any = true;
  }
  return any;
}

// eventloop.one-shot, eventloop.one-shot-order: also those that these add.
bool EventLoop::ServeOneShots() {
  bool any = false;
  while (true) {
    OneShot next;
    {
      const std::lock_guard guard(one_shot_mutex_);
      if (one_shots_.empty()) return any;
      next = one_shots_.front();
      one_shots_.pop_front();
      --one_shot_count_;
    }
    any = true;
    const engine::ExecutionUnit unit(host_.server.propagation);
    const ModuleScope scope(host_, next.module);
    next.callback(next.data);
  }
}

bool EventLoop::ServeDescriptors(int wait_ms) {
  std::array<epoll_event, 64> events;
  int count;
  if (wait_ms > 0) {
    const WithoutLock pause(host_.lock);
    count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait_ms);
  } else {
    count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 0);
  }
  for (int i = 0; i < count; ++i) {
    const int ready = MaskOf(events[static_cast<size_t>(i)].events);
    CallBack(events[static_cast<size_t>(i)].data.fd, REDISMODULE_EVENTLOOP_READABLE, ready);
    CallBack(events[static_cast<size_t>(i)].data.fd, REDISMODULE_EVENTLOOP_WRITABLE, ready);
  }
  return count > 0;
}

// eventloop.calls-what-is-ready; eventloop.del-ends-it: the other direction's callback may have
// removed this one.
void EventLoop::CallBack(int fd, int direction, int ready) {
  const auto it = descriptors_.find(fd);
  if (it == descriptors_.end() || (it->second.mask & ready & direction) == 0) return;
  const Descriptor descriptor = it->second;
  const engine::ExecutionUnit unit(host_.server.propagation);
  const ModuleScope scope(host_, descriptor.module);
  const bool reads = direction == REDISMODULE_EVENTLOOP_READABLE;
  // eventloop.mask-is-what-is-ready: not only the direction that the callback is for.
  (reads ? descriptor.readable : descriptor.writable)(fd, descriptor.data, ready);
}

void EventLoop::Forget(const Module* module) {
  std::erase_if(descriptors_, [&](const auto& entry) {
    if (entry.second.module != module) return false;
    Control(EPOLL_CTL_DEL, entry.first, 0);
    return true;
  });
  const std::lock_guard guard(one_shot_mutex_);
  std::erase_if(one_shots_, [&](const OneShot& one) { return one.module == module; });
  one_shot_count_ = static_cast<int>(one_shots_.size());
}

}  // namespace modcert::module
