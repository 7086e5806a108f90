#include "engine/scripting/fiber.h"

#include <sys/mman.h>

#include <cstdint>
#include <utility>

#include "base/require.h"

// The address sanitizer has to be told of each change of stacks. Without it these are null.
extern "C" {
[[gnu::weak]] void __sanitizer_start_switch_fiber(void** saved, const void* bottom, size_t size);
[[gnu::weak]] void __sanitizer_finish_switch_fiber(void* saved, const void** bottom, size_t* size);
[[gnu::weak]] void __asan_unpoison_memory_region(const volatile void* memory, size_t size);
}

namespace modcert::engine::scripting {
namespace {

// Room for replies nested some 8000 levels deep, in a debug build with sanitizers too; pages that
// nobody touches cost nothing.
constexpr size_t kStackSize = size_t{64} << 20;
constexpr size_t kGuardSize = 4096;

void AnnounceSwitch(void** saved, const void* bottom, size_t size) {
  if (__sanitizer_start_switch_fiber) __sanitizer_start_switch_fiber(saved, bottom, size);
}

void AnnounceArrival(void* saved, const void** bottom, size_t* size) {
  if (__sanitizer_finish_switch_fiber) __sanitizer_finish_switch_fiber(saved, bottom, size);
}

void* NewStack() {
  void* memory = mmap(nullptr, kStackSize, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  Require(memory != MAP_FAILED, "no memory for the stack of a script");
  mprotect(memory, kGuardSize, PROT_NONE);  // an overflow is a crash and no corruption
  return memory;
}

}  // namespace

void Fiber::Stack::operator()(void* memory) const {
  // Enter never returns, so its frame is still marked; others may get this memory next.
  if (__asan_unpoison_memory_region) __asan_unpoison_memory_region(memory, kStackSize);
  munmap(memory, kStackSize);
}

Fiber::Fiber() : stack_(NewStack()) {}

Fiber::~Fiber() { Require(state_ == State::kIdle, "a fiber ends before its body"); }

void Fiber::Start(std::function<void()> body) {
  Require(state_ == State::kIdle, "a fiber has one body at a time");
  body_ = std::move(body);
  getcontext(&inside_);
  inside_.uc_stack.ss_sp = stack_.get();
  inside_.uc_stack.ss_size = kStackSize;
  inside_.uc_link = nullptr;
  const auto self = reinterpret_cast<uintptr_t>(this);
  // makecontext passes arguments of type int only.
  makecontext(&inside_, reinterpret_cast<void (*)()>(&Fiber::Enter), 2,
              static_cast<unsigned>(self >> 32), static_cast<unsigned>(self));
  SwitchIn();
}

void Fiber::Resume() {
  Require(state_ == State::kSuspended, "only a suspended fiber resumes");
  SwitchIn();
}

void Fiber::SwitchIn() {
  state_ = State::kRunning;
  void* saved = nullptr;
  AnnounceSwitch(&saved, stack_.get(), kStackSize);
  swapcontext(&outside_, &inside_);
  AnnounceArrival(saved, nullptr, nullptr);
}

void Fiber::Suspend() {
  Require(state_ == State::kRunning, "only a running fiber suspends");
  state_ = State::kSuspended;
  void* saved = nullptr;
  AnnounceSwitch(&saved, outer_bottom_, outer_size_);
  swapcontext(&inside_, &outside_);
  AnnounceArrival(saved, &outer_bottom_, &outer_size_);
}

void Fiber::Enter(unsigned high, unsigned low) {
  auto* self = reinterpret_cast<Fiber*>((static_cast<uintptr_t>(high) << 32) | low);
  AnnounceArrival(nullptr, &self->outer_bottom_, &self->outer_size_);
  self->body_();
  self->body_ = nullptr;
  self->state_ = State::kIdle;
  AnnounceSwitch(nullptr, self->outer_bottom_, self->outer_size_);
  setcontext(&self->outside_);
}

}  // namespace modcert::engine::scripting
