#include "run/workers.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <vector>

namespace modcert::run {
namespace {

// Shared by all workers: the next piece to do.
using Counter = std::atomic<int>;

// One worker as its parent sees it. A record in the pipe is "index size\n" and so many bytes;
// "index begin\n" comes before, so that the piece over which a worker died is known.
struct Worker {
  pid_t pid = -1;
  int pipe_fd = -1;
  std::string unread;
  int under_way = -1;
};

void WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = write(fd, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) _exit(1);  // the parent is gone
    bytes.remove_prefix(static_cast<size_t>(size));
  }
}

[[noreturn]] void RunWorker(int count, Counter& next, int pipe_fd, const MakeWork& make_work) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  {
    // Its own scope: what the work owns (such as a server) ends before _exit.
    const auto work = make_work();
    for (int index = next++; index < count; index = next++) {
      WriteAll(pipe_fd, fmt::format("{} begin\n", index));
      const std::string payload = work(index);
      WriteAll(pipe_fd, fmt::format("{} {}\n{}", index, payload.size(), payload));
    }
  }
  std::fflush(nullptr);
  _exit(0);
}

Result<Worker> StartWorker(int count, Counter& next, const MakeWork& make_work) {
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) != 0)
    return Fail("--jobs", fmt::format("no pipe: {}", strerror(errno)));
  std::fflush(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    close(fds[0]);
    RunWorker(count, next, fds[1], make_work);
  }
  close(fds[1]);
  if (pid > 0) return Worker{.pid = pid, .pipe_fd = fds[0], .unread = {}, .under_way = -1};
  close(fds[0]);
  return Fail("--jobs", fmt::format("cannot fork: {}", strerror(errno)));
}

// Reports every whole record that has arrived.
void TakeRecords(Worker& worker, const OnResult& on_result) {
  while (true) {
    const size_t line_end = worker.unread.find('\n');
    if (line_end == std::string::npos) return;
    const char* end = worker.unread.data() + line_end;
    int index = 0;
    size_t size = 0;
    const char* at = std::from_chars(worker.unread.data(), end, index).ptr + 1;
    if (std::from_chars(at, end, size).ec != std::errc()) {
      worker.under_way = index;
      worker.unread.erase(0, line_end + 1);
      continue;
    }
    if (worker.unread.size() < line_end + 1 + size) return;
    on_result(index, worker.unread.substr(line_end + 1, size));
    worker.unread.erase(0, line_end + 1 + size);
    worker.under_way = -1;
  }
}

std::string DescribeEnd(int status) {
  if (WIFSIGNALED(status)) return fmt::format("killed by SIG{}", sigabbrev_np(WTERMSIG(status)));
  return fmt::format("exited with status {}", WEXITSTATUS(status));
}

void Bury(Worker& worker, const OnResult& on_result) {
  close(worker.pipe_fd);
  worker.pipe_fd = -1;
  int status = 0;
  waitpid(worker.pid, &status, 0);
  if (worker.under_way < 0) return;
  const int index = worker.under_way;
  on_result(index, Fail("worker", fmt::format("the process of this scenario was lost: {}",
                                              DescribeEnd(status))));
}

void Read(Worker& worker, const OnResult& on_result) {
  char buffer[64 * 1024];
  const ssize_t size = read(worker.pipe_fd, buffer, sizeof buffer);
  if (size > 0) {
    worker.unread.append(buffer, static_cast<size_t>(size));
    TakeRecords(worker, on_result);
  } else if (size == 0 || errno != EINTR) {
    Bury(worker, on_result);
  }
}

}  // namespace

Status RunInWorkers(int count, int jobs, const MakeWork& make_work, const OnResult& on_result) {
  void* shared =
      mmap(nullptr, sizeof(Counter), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return Fail("--jobs", "no shared memory");
  Counter& next = *new (shared) Counter(0);
  std::vector<Worker> workers;
  Status started;
  const auto start = [&] {
    auto worker = StartWorker(count, next, make_work);
    if (worker) workers.push_back(*std::move(worker));
    if (!worker) started = tl::unexpected(worker.error());
  };
  for (int i = 0; i < jobs && i < count; ++i) start();
  while (true) {
    std::vector<pollfd> ready;
    for (const Worker& worker : workers) {
      ready.push_back({.fd = worker.pipe_fd, .events = POLLIN, .revents = 0});
    }
    std::erase_if(ready, [](const pollfd& entry) { return entry.fd < 0; });
    if (ready.empty()) {
      // Every worker has died over its piece: the rest still has to be done.
      if (next >= count || !started) break;
      start();
      continue;
    }
    poll(ready.data(), ready.size(), -1);
    for (const pollfd& entry : ready) {
      if (entry.revents == 0) continue;
      for (Worker& worker : workers) {
        if (worker.pipe_fd == entry.fd) Read(worker, on_result);
      }
    }
  }
  munmap(shared, sizeof(Counter));
  return started;
}

}  // namespace modcert::run
