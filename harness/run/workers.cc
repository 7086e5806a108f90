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

#include "run/isolation.h"

namespace modcert::run {
namespace {

// Shared by all workers: the next piece to do.
using Counter = std::atomic<int>;

constexpr int kNone = -1;

// One worker as its parent sees it. A record in the pipe is "index size\n" and so many bytes;
// "index begin\n" comes before, so that the piece over which a worker died is known; "index back\n"
// says that a new worker has to do the piece.
struct Worker {
  pid_t pid = -1;
  int pipe_fd = -1;
  std::string unread = {};
  int under_way = kNone;
  int handed_back = kNone;
};

// What a worker begins with: a piece that was handed back, or none.
struct Task {
  WorkerStart start = WorkerStart::kPlanned;
  int first = kNone;
};

void WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = write(fd, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) _exit(1);  // the parent is gone
    bytes.remove_prefix(static_cast<size_t>(size));
  }
}

// Everything that the workers of one call have in common.
class Crew {
 public:
  Crew(int count, Counter& next, const MakeWork& make_work, const OnResult& on_result)
      : count_(count), next_(next), make_work_(make_work), on_result_(on_result) {}

  Status Start(const Task& task);
  // Waits for the next records and takes them.
  Status Serve();
  bool IsEmpty() const { return workers_.empty(); }

 private:
  [[noreturn]] void RunWorker(int pipe_fd, const Task& task);
  bool Read(Worker& worker);
  void TakeRecords(Worker& worker);
  Status Replace(Worker& worker);

  const int count_;
  Counter& next_;
  const MakeWork& make_work_;
  const OnResult& on_result_;
  std::vector<Worker> workers_;
};

void Crew::RunWorker(int pipe_fd, const Task& task) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  Isolation::MakeReady();
  {
    // Its own scope: what the work owns (such as a server) ends before _exit.
    const Work work = make_work_(task.start);
    std::string said;  // in one go what came of a piece and that the next one begins
    for (int index = task.first != kNone ? task.first : next_++; index < count_; index = next_++) {
      WriteAll(pipe_fd, said + fmt::format("{} begin\n", index));
      const std::optional<std::string> payload = work(index);
      said = payload ? fmt::format("{} {}\n{}", index, payload->size(), *payload)
                     : fmt::format("{} back\n", index);
      if (!payload) break;
    }
    WriteAll(pipe_fd, said);
  }
  std::fflush(nullptr);
  _exit(0);
}

Status Crew::Start(const Task& task) {
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) != 0)
    return Fail("--jobs", fmt::format("no pipe: {}", strerror(errno)));
  std::fflush(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    close(fds[0]);
    RunWorker(fds[1], task);
  }
  close(fds[1]);
  if (pid > 0) {
    workers_.push_back({.pid = pid, .pipe_fd = fds[0]});
    return {};
  }
  close(fds[0]);
  return Fail("--jobs", fmt::format("cannot fork: {}", strerror(errno)));
}

// Takes every whole record that has arrived.
void Crew::TakeRecords(Worker& worker) {
  while (true) {
    const size_t line_end = worker.unread.find('\n');
    if (line_end == std::string::npos) return;
    const std::string_view line = std::string_view(worker.unread).substr(0, line_end);
    const char* end = line.data() + line.size();
    int index = 0;
    size_t size = 0;
    const char* at = std::from_chars(line.data(), end, index).ptr + 1;
    if (std::from_chars(at, end, size).ec != std::errc()) {
      const bool is_back = line.ends_with(" back");
      worker.handed_back = is_back ? index : kNone;
      worker.under_way = is_back ? kNone : index;
      worker.unread.erase(0, line_end + 1);
      continue;
    }
    if (worker.unread.size() < line_end + 1 + size) return;
    on_result_(index, worker.unread.substr(line_end + 1, size));
    worker.unread.erase(0, line_end + 1 + size);
    worker.under_way = kNone;
  }
}

std::string DescribeEnd(int status) {
  if (WIFSIGNALED(status)) return fmt::format("killed by SIG{}", sigabbrev_np(WTERMSIG(status)));
  return fmt::format("exited with status {}", WEXITSTATUS(status));
}

// False when the worker has ended.
bool Crew::Read(Worker& worker) {
  char buffer[64 * 1024];
  const ssize_t size = read(worker.pipe_fd, buffer, sizeof buffer);
  if (size < 0 && errno == EINTR) return true;
  if (size <= 0) return false;
  worker.unread.append(buffer, static_cast<size_t>(size));
  TakeRecords(worker);
  return true;
}

// After the end of a worker: another one goes on, while there is anything to do.
Status Crew::Replace(Worker& worker) {
  close(worker.pipe_fd);
  int status = 0;
  waitpid(worker.pid, &status, 0);
  if (worker.handed_back != kNone) return Start({.first = worker.handed_back});
  if (worker.under_way != kNone) {
    on_result_(worker.under_way,
               Fail("worker",
                    fmt::format("the process of this scenario was lost: {}", DescribeEnd(status))));
    return next_ < count_ ? Start({.start = WorkerStart::kAfterLoss}) : Status();
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  // It never got to work, so another one would not either.
  return Fail("--jobs", fmt::format("a worker was lost: {}", DescribeEnd(status)));
}

Status Crew::Serve() {
  std::vector<pollfd> ready;
  for (const Worker& worker : workers_) {
    ready.push_back({.fd = worker.pipe_fd, .events = POLLIN, .revents = 0});
  }
  poll(ready.data(), ready.size(), -1);
  Status status;
  // From the back, so that those before keep their places.
  for (size_t i = ready.size(); i-- > 0;) {
    if (ready[i].revents == 0 || Read(workers_[i])) continue;
    Worker ended = std::move(workers_[i]);
    workers_.erase(workers_.begin() + static_cast<ptrdiff_t>(i));
    if (Status replaced = Replace(ended); !replaced) status = replaced;
  }
  return status;
}

}  // namespace

Status RunInWorkers(int count, int jobs, const MakeWork& make_work, const OnResult& on_result) {
  void* shared =
      mmap(nullptr, sizeof(Counter), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return Fail("--jobs", "no shared memory");
  Crew crew(count, *new (shared) Counter(0), make_work, on_result);
  Status status;
  const auto keep_worst = [&](const Status& done) {
    if (!done) status = done;
  };
  for (int i = 0; i < jobs && i < count; ++i) keep_worst(crew.Start({}));
  while (!crew.IsEmpty()) keep_worst(crew.Serve());
  munmap(shared, sizeof(Counter));
  return status;
}

}  // namespace modcert::run
