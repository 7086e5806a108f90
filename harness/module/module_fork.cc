#include "module/module_fork.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "engine/persistence.h"
#include "module/host.h"

namespace modcert::module {
namespace {

// By this status a child says that it was asked to end: the handler hears of the signal with which
// a server asks, whatever it was.
constexpr int kEndedOnRequest = 255;

void SleepMs(int64_t ms) {
  const timespec time{.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
  nanosleep(&time, nullptr);
}

}  // namespace

ModuleFork::~ModuleFork() {
  if (pid_ > 0) Kill(pid_);
}

pid_t ModuleFork::Start(Module* module, RedisModuleForkDoneHandler done, void* data) {
  // fork.one-child
  if (!host_.server.persistence->BeginModuleChild()) {
    errno = EEXIST;
    return -1;
  }
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) ends[0] = ends[1] = -1;
  const pid_t pid = fork();
  const int error = errno;
  is_child_ = pid == 0;
  close(ends[is_child_ ? 0 : 1]);
  reports_ = ends[is_child_ ? 1 : 0];
  if (is_child_) {
    host_.server.persistence->BecomeModuleChild();
    return 0;  // fork.zero-in-the-child
  }
  pid_ = pid;
  module_ = module;
  done_ = done;
  data_ = data;
  progress_ = 0;
  host_.server.persistence->module_child_progress = [this] { return Progress(); };
  if (pid < 0)
    End();
  else
    host_.server.events.Fire(engine::ChildStep{engine::ChildStep::kBorn});
  errno = error;
  return pid;
}

void ModuleFork::End() {
  close(std::exchange(reports_, -1));
  pid_ = -1;
  host_.server.persistence->EndModuleChild();
}

bool ModuleFork::Kill(pid_t pid) {
  if (pid_ <= 0 || pid != pid_) return false;  // fork.kill-of-none
  kill(pid, SIGKILL);
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  // fork.killed-is-not-done: the handler is for a child that ended by itself.
  End();
  host_.server.events.Fire(engine::ChildStep{engine::ChildStep::kDied});
  return true;
}

void ModuleFork::Exit(int code) {
  // No destructors and nothing at exit: those belong to the parent.
  _exit(code);
}

void ModuleFork::Report(double progress) {
  if (!is_child_) return;
  // fork.heartbeat. A pipe that is full has old news, which are good enough.
  [[maybe_unused]] const ssize_t written = write(reports_, &progress, sizeof(progress));
}

double ModuleFork::Progress() {
  double progress;
  while (read(reports_, &progress, sizeof(progress)) == sizeof(progress)) progress_ = progress;
  return progress_;
}

void ModuleFork::Await(int64_t wait_ms) {
  if (pid_ <= 0) return;
  int status = 0;
  pid_t ended = waitpid(pid_, &status, WNOHANG);
  for (int64_t waited_ms = 0; ended == 0 && waited_ms < wait_ms; ++waited_ms) {
    const WithoutLock pause(host_.lock);
    SleepMs(1);
    ended = waitpid(pid_, &status, WNOHANG);
  }
  if (ended == pid_) CallDone(status);
}

void ModuleFork::CallDone(int status) {
  // fork.done, fork.done-by-signal, fork.done-on-request
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  if (code == kEndedOnRequest) {
    code = 1;
    signal = SIGUSR1;
  }
  End();
  // fork.without-handler: then nobody hears of it.
  if (done_) {
    const engine::ExecutionUnit unit(host_.server.propagation);
    const ModuleScope scope(host_, module_);
    done_(code, signal, data_);
  }
  host_.server.events.Fire(engine::ChildStep{engine::ChildStep::kDied});
}

void ModuleFork::Forget(const Module* module) {
  if (pid_ > 0 && module_ == module) Kill(pid_);
}

}  // namespace modcert::module
