#include "module/global_lock.h"

#include "base/require.h"

namespace modcert::module {

void GlobalLock::Lock() {
  std::unique_lock guard(mutex_);
  const uint64_t ticket = next_ticket_++;
  ++waiter_count_;
  turn_.wait(guard, [&] { return now_serving_ == ticket; });
  --waiter_count_;
  owner_ = ThisThread();
}

bool GlobalLock::TryLock() {
  const std::lock_guard guard(mutex_);
  if (now_serving_ != next_ticket_) return false;
  ++next_ticket_;
  owner_ = ThisThread();
  return true;
}

void GlobalLock::Unlock() {
  {
    const std::lock_guard guard(mutex_);
    Require(HeldByThisThread(), "the global lock is released by who holds it");
    owner_ = nullptr;
    ++now_serving_;
  }
  turn_.notify_all();
}

void GlobalLock::YieldToWaiters() {
  if (!HasWaiters()) return;
  const WithoutLock pause(*this);
}

}  // namespace modcert::module
