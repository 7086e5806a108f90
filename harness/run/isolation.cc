#include "run/isolation.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <stdio_ext.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "run/memory_limit.h"

namespace modcert::run {
namespace {

// A status that no module of good sense exits with.
constexpr int kOutOfMemoryExit = 86;
constexpr size_t kOutputLinesMax = 200;
// To print its stack after a signal, before SIGKILL: reading debug information takes a second or
// two.
constexpr int kLastWordsMs = 10000;

void Empty(int fd) {
  // Most children write nothing, and the place is shared with them.
  if (lseek(fd, 0, SEEK_CUR) == 0) return;
  if (ftruncate(fd, 0) != 0) return;  // a memory file can always shrink
  lseek(fd, 0, SEEK_SET);
}

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = write(fd, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(size));
  }
  return true;
}

std::string ReadAll(int fd) {
  const off_t size = lseek(fd, 0, SEEK_END);
  std::string bytes(size > 0 ? static_cast<size_t>(size) : 0, '\0');
  const ssize_t read_size = pread(fd, bytes.data(), bytes.size(), 0);
  bytes.resize(read_size > 0 ? static_cast<size_t>(read_size) : 0);
  return bytes;
}

std::vector<std::string> LastLines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (lines.size() > kOutputLinesMax) {
    lines.erase(lines.begin(), lines.end() - static_cast<ptrdiff_t>(kOutputLinesMax));
  }
  return lines;
}

void EndOutOfMemory() { _exit(kOutOfMemoryExit); }

void LimitResources(const Limits& limits, size_t data_before) {
  const rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
  setrlimit(RLIMIT_CORE, &no_core);
  if (limits.memory_bytes != 0) LimitMemory(limits.memory_bytes, data_before, EndOutOfMemory);
}

}  // namespace

void Isolation::MakeReady() {
  std::setvbuf(stdout, nullptr, _IONBF, 0);
  std::set_new_handler(EndOutOfMemory);
}

Result<Isolation> Isolation::Create(const Limits& limits) {
  const int payload_fd = memfd_create("payload", MFD_CLOEXEC);
  const int output_fd = memfd_create("output", MFD_CLOEXEC);
  const int crash_fd = memfd_create("crash", MFD_CLOEXEC);
  void* shared =
      mmap(nullptr, Shared::kSize, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (payload_fd < 0 || output_fd < 0 || crash_fd < 0 || shared == MAP_FAILED) {
    return Fail("isolation", fmt::format("no memory file: {}", strerror(errno)));
  }
  return Isolation(limits, payload_fd, output_fd, crash_fd, new (shared) Shared);
}

Isolation::Isolation(const Limits& limits, int payload_fd, int output_fd, int crash_fd,
                     Shared* shared)
    : limits_(limits),
      data_before_(DataNow()),
      payload_fd_(payload_fd),
      output_fd_(output_fd),
      crash_fd_(crash_fd),
      shared_(shared) {}

Isolation::Isolation(Isolation&& other) noexcept
    : limits_(other.limits_),
      watches_(other.watches_),
      copied_(std::move(other.copied_)),
      data_before_(other.data_before_),
      payload_fd_(std::exchange(other.payload_fd_, -1)),
      output_fd_(std::exchange(other.output_fd_, -1)),
      crash_fd_(std::exchange(other.crash_fd_, -1)),
      shared_(std::exchange(other.shared_, nullptr)) {}

Isolation::~Isolation() {
  for (const int fd : {payload_fd_, output_fd_, crash_fd_}) {
    if (fd >= 0) close(fd);
  }
  if (shared_ != nullptr) munmap(shared_, Shared::kSize);
}

Result<ChildReport> Isolation::Run(const std::function<std::string()>& work) {
  for (const int fd : {payload_fd_, output_fd_, crash_fd_}) Empty(fd);
  shared_->step.store(-1);
  shared_->place.store(Place::kNowhere);
  // What is still in our buffers must not come out of the child as well.
  std::fflush(nullptr);
  const pid_t pid = fork();
  if (pid == 0) RunChild(work);
  if (pid < 0) return Fail("isolation", fmt::format("cannot fork: {}", strerror(errno)));
  const bool timed_out = !AwaitEnd(pid, limits_.timeout_ms);
  if (timed_out) {
    // One that is reporting a crash already gets the time to finish; others are asked where they
    // are.
    const bool reporting = lseek(crash_fd_, 0, SEEK_END) > 0;
    if (!reporting) kill(pid, SIGQUIT);
    AwaitEnd(pid, kLastWordsMs);
  }
  kill(-pid, SIGKILL);
  int status = 0;
  rusage usage = {};
  while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  ChildReport report = Collect(status, timed_out, usage.ru_maxrss);
  if (watches_ && report.end == End::kNormal) TakePages();
  return report;
}

void Isolation::WatchPages() {
  watches_ = true;
  copied_.clear();
  NoteMemory();
}

// From a child that ended well: it may have written anywhere nevertheless.
void Isolation::TakePages() {
  constexpr size_t kMost = size_t{1} << 20;
  watches_ = false;
  size_t size = 0;
  for (size_t i = 0; i < std::min(shared_->copied_count, shared_->copied.size()); ++i) {
    const PageRange range = shared_->copied[i];
    size += range.end - range.begin;
    if (range.begin >= range.end || size > kMost) return copied_.clear();
    copied_.push_back(range);
  }
}

void Isolation::RunChild(const std::function<std::string()>& work) {
  CopyPages(copied_);
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(output_fd_, STDOUT_FILENO);
  dup2(output_fd_, STDERR_FILENO);
  // A crash would lose what is in the buffer.
  if (__fbufsize(stdout) > 1) std::setvbuf(stdout, nullptr, _IONBF, 0);
  LimitResources(limits_, data_before_);
  InstallCrashHandler(crash_fd_);
  if (std::get_new_handler() != EndOutOfMemory) std::set_new_handler(EndOutOfMemory);
  const std::string payload = work();
  std::fflush(nullptr);
  if (watches_) shared_->copied_count = FindPagesCopied(shared_->copied);
  const bool written = WritePayload(payload);
  // No destructors and no atexit: those of the module would run in a world that is gone.
  _exit(written ? 0 : 1);
}

bool Isolation::WritePayload(const std::string& payload) {
  const bool fits = payload.size() <= Shared::capacity();
  if (fits) std::memcpy(shared_->bytes(), payload.data(), payload.size());
  if (!fits && !WriteAll(payload_fd_, payload)) return false;
  shared_->size = payload.size();
  shared_->place.store(fits ? Place::kMemory : Place::kFile, std::memory_order_release);
  return true;
}

std::string Isolation::ReadPayload() const {
  if (shared_->place.load(std::memory_order_acquire) == Place::kFile) return ReadAll(payload_fd_);
  // A child out of control may have written anywhere.
  return std::string(shared_->bytes(), std::min(shared_->size, Shared::capacity()));
}

// Whether the child ended in time. It stays to be waited for.
bool Isolation::AwaitEnd(int pid, int timeout_ms) const {
  const int fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (fd >= 0) {
    pollfd ended{.fd = fd, .events = POLLIN, .revents = 0};
    int count = poll(&ended, 1, timeout_ms);
    while (count < 0 && errno == EINTR) count = poll(&ended, 1, timeout_ms);
    close(fd);
    return count > 0;
  }
  for (int waited_ms = 0; waited_ms < timeout_ms; ++waited_ms) {
    siginfo_t info = {};
    waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT);
    if (info.si_pid == pid) return true;
    poll(nullptr, 0, 1);
  }
  return false;
}

ChildReport Isolation::Collect(int status, bool timed_out, long peak_kb) const {
  ChildReport report;
  const bool is_whole = shared_->place.load() != Place::kNowhere;
  if (is_whole && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    report.payload = ReadPayload();
    return report;
  }
  report.output = LastLines(ReadAll(output_fd_));
  report.crash = ParseCrashReport(ReadAll(crash_fd_));
  report.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  report.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  // The handler itself may have crashed or hung, or was killed over its report.
  if (report.signal != 0 && report.crash.signal != 0) report.signal = report.crash.signal;
  // A module that does not check for NULL crashes at the limit; then most of it is in use.
  const bool near_limit = limits_.memory_bytes != 0 &&
                          static_cast<size_t>(peak_kb) * 1024 > limits_.memory_bytes / 4 * 3;
  const bool crashed = report.crash.signal != 0 && report.crash.signal != SIGQUIT;
  if (timed_out && !crashed) {
    report.end = End::kHang;
  } else if (report.exit_code == kOutOfMemoryExit || (report.signal != 0 && near_limit)) {
    report.end = End::kOutOfMemory;
  } else {
    report.end = report.signal != 0 ? End::kSignal : End::kExit;
  }
  return report;
}

std::string_view ContractOf(End end) {
  switch (end) {
    case End::kNormal:
      return {};
    case End::kExit:
      return "run.exit";
    case End::kHang:
      return "run.hang";
    case End::kOutOfMemory:
      return "run.out-of-memory";
    case End::kSignal:
      return "run.crash";
  }
  return {};
}

std::string ChildReport::Describe(const Limits& limits) const {
  switch (end) {
    case End::kNormal:
      return "ended normally";
    case End::kExit:
      return fmt::format("called exit({})", exit_code);
    case End::kHang:
      return fmt::format("no end within {} ms", limits.timeout_ms);
    case End::kOutOfMemory:
      return fmt::format("needed more than {} MB of memory", limits.memory_bytes >> 20);
    case End::kSignal:
      break;
  }
  std::string text = fmt::format("killed by SIG{}", sigabbrev_np(signal));
  if (!crash.address.empty()) text += " at address " + crash.address;
  return text;
}

}  // namespace modcert::run
