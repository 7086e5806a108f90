// The lock that stands for "this is the main thread": whoever holds it may use the host.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace modcert::module {

// First come, first served, so that a thread of a module gets its turn whenever the main thread
// lets go. Not recursive: a thread that locks twice waits for itself, as on a real server.
class GlobalLock {
 public:
  void Lock();
  bool TryLock();
  void Unlock();
  bool HeldByThisThread() const { return owner_.load(std::memory_order_relaxed) == ThisThread(); }
  // Lets every thread that waits right now have its turn. The caller holds the lock before and
  // after.
  void YieldToWaiters();
  bool HasWaiters() const { return waiter_count_.load(std::memory_order_relaxed) > 0; }

 private:
  // An address that is different in each thread.
  static const void* ThisThread() {
    static thread_local char mark;
    return &mark;
  }

  std::mutex mutex_;
  std::condition_variable turn_;
  uint64_t next_ticket_ = 0;
  uint64_t now_serving_ = 0;
  std::atomic<int> waiter_count_{0};
  std::atomic<const void*> owner_{nullptr};
};

// Lets go of the lock for a scope, for waiting in real time.
class WithoutLock {
 public:
  explicit WithoutLock(GlobalLock& lock) : lock_(lock) { lock_.Unlock(); }
  ~WithoutLock() { lock_.Lock(); }
  WithoutLock(const WithoutLock&) = delete;
  WithoutLock& operator=(const WithoutLock&) = delete;

 private:
  GlobalLock& lock_;
};

}  // namespace modcert::module
