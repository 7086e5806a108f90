#include "engine/forked_process.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace modcert::engine {
namespace {

constexpr std::string_view kPlace = "child process";
constexpr char kMade = '+';
constexpr char kFailed = '-';

void WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno != EINTR) return;
    if (count > 0) bytes.remove_prefix(static_cast<size_t>(count));
  }
}

std::string ReadAll(int fd) {
  std::string bytes;
  char buffer[64 * 1024];
  for (;;) {
    const ssize_t count = read(fd, buffer, sizeof(buffer));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return bytes;
    bytes.append(buffer, static_cast<size_t>(count));
  }
}

[[noreturn]] void RunChild(int fd, const std::function<Result<std::string>()>& work) {
  const Result<std::string> made = work();
  WriteAll(fd, std::string(1, made ? kMade : kFailed));
  WriteAll(fd, made ? *made : made.error().ToString());
  _exit(0);
}

}  // namespace

Result<std::string> InForkedProcess(const std::function<Result<std::string>()>& work) {
  int ends[2];
  if (pipe(ends) != 0) return Fail(std::string(kPlace), "there is no pipe to be had");
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    RunChild(ends[1], work);
  }
  close(ends[1]);
  std::string bytes = child > 0 ? ReadAll(ends[0]) : std::string();
  close(ends[0]);
  if (child < 0) return Fail(std::string(kPlace), "cannot fork");
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (bytes.empty())
    return Fail(std::string(kPlace),
                WIFSIGNALED(status) ? fmt::format("ended by signal {}", WTERMSIG(status))
                                    : fmt::format("ended with status {}", WEXITSTATUS(status)));
  if (bytes.front() == kFailed) return Fail(std::string(kPlace), bytes.substr(1));
  return bytes.substr(1);
}

}  // namespace modcert::engine
