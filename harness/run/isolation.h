// Runs a piece of work in a forked child that may crash, hang, exit or eat all memory, and says
// afterwards what became of it. The parent stays small and does nothing heavy, because a fork costs
// what the parent has mapped.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "run/crash_handler.h"
#include "run/fork_pages.h"

namespace modcert::run {

struct Limits {
  int timeout_ms = 30000;
  size_t memory_bytes =
      size_t{4} << 30;  // memory of its own beyond what the child starts with; 0: none
};

// How a child ended.
enum class End {
  kNormal,       // the work returned; `payload` is what it gave
  kExit,         // exit() before the work was done
  kSignal,       // a fatal signal, abort() included
  kHang,         // the watchdog killed it
  kOutOfMemory,  // it hit the memory limit
};

// The contract that a module breaks by such an end: "run.exit". kNormal breaks none.
std::string_view ContractOf(End end);

struct ChildReport {
  End end = End::kNormal;
  int exit_code = 0;
  int signal = 0;
  std::string payload;
  CrashReport crash;
  std::vector<std::string> output;  // lines on standard output and error; the last ones when many

  // "killed by SIGSEGV at address 0x10", "no end within 30000 ms".
  std::string Describe(const Limits& limits) const;
};

// Owns what the children of one parent write to, one child after the other: memory that they share
// with it, and files for what is long or comes from a crash.
class Isolation {
 public:
  static Result<Isolation> Create(const Limits& limits);
  // Does here, once, what each child would have to: standard output without a buffer, and an end of
  // the process where `new` finds no memory. For a process that does nothing but run children.
  static void MakeReady();
  Isolation(Isolation&& other) noexcept;
  Isolation& operator=(Isolation&&) = delete;
  ~Isolation();

  // Forks, runs `work` in the child and waits for its end. Every process that the child has started
  // in its group is killed. Fails only when there can be no child.
  Result<ChildReport> Run(const std::function<std::string()>& work);

  // The next child that ends well is watched for the memory that it writes; those after it get
  // copies of these pages at once.
  void WatchPages();

  // Memory shared with the child: it stores the step under way, the parent reads it afterwards.
  std::atomic<int>& step() { return shared_->step; }
  const Limits& limits() const { return limits_; }

 private:
  // Where a payload stands when its child has written it whole.
  enum class Place : int { kNowhere, kMemory, kFile };
  struct Shared {
    static constexpr size_t kSize = 64 * 1024;  // most payloads are some hundred bytes

    std::atomic<int> step{-1};
    std::atomic<Place> place{Place::kNowhere};
    size_t size = 0;
    size_t copied_count = 0;
    std::array<PageRange, 96> copied;  // most children have some twenty
    char* bytes() { return reinterpret_cast<char*>(this + 1); }
    static size_t capacity() { return kSize - sizeof(Shared); }
  };

  Isolation(const Limits& limits, int payload_fd, int output_fd, int crash_fd, Shared* shared);

  [[noreturn]] void RunChild(const std::function<std::string()>& work);
  bool WritePayload(const std::string& payload);
  std::string ReadPayload() const;
  bool AwaitEnd(int pid, int timeout_ms) const;
  ChildReport Collect(int status, bool timed_out, long peak_kb) const;
  void TakePages();

  Limits limits_;
  bool watches_ = false;
  std::vector<PageRange> copied_;  // by a child that was watched
  size_t data_before_;             // of the parent, and so of each child when it starts
  int payload_fd_;
  int output_fd_;
  int crash_fd_;
  Shared* shared_;
};

}  // namespace modcert::run
