// A function that can stop in its middle and go on later: how a script that takes long lets the
// server answer others.
#pragma once

#include <ucontext.h>

#include <cstddef>
#include <functional>
#include <memory>

namespace modcert::engine::scripting {

// Owned by Scripting; used by one thread at a time, and never moved to another while suspended.
class Fiber {
 public:
  Fiber();
  // The body must have ended: its stack holds objects.
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Runs the body until it ends or suspends itself. Only when none is under way.
  void Start(std::function<void()> body);
  // Goes on where the body suspended itself.
  void Resume();
  // Called by the body: returns to whoever started or resumed it.
  void Suspend();

  bool running() const { return state_ == State::kRunning; }
  bool suspended() const { return state_ == State::kSuspended; }

 private:
  enum class State { kIdle, kRunning, kSuspended };
  struct Stack {
    void operator()(void* memory) const;
  };

  static void Enter(unsigned high, unsigned low);
  void SwitchIn();

  std::unique_ptr<void, Stack> stack_;
  std::function<void()> body_;
  ucontext_t inside_ = {};
  ucontext_t outside_ = {};
  State state_ = State::kIdle;
  // Where the outer stack lies; only the address sanitizer asks.
  const void* outer_bottom_ = nullptr;
  size_t outer_size_ = 0;
};

}  // namespace modcert::engine::scripting
