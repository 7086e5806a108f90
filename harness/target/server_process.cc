#include "target/server_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/escape.h"

namespace modcert::target {
namespace {

// A start takes about 10 ms; a large module under load may take a hundred times as long.
constexpr int kStartLimitMs = 20000;
// A crash report with its test of the memory takes about half a second.
constexpr int kEndLimitMs = 10000;
constexpr size_t kLogLines = 60;  // a crash report's interesting part

std::string ConfigLine(std::string_view name, const std::vector<std::string>& values) {
  std::string line(name);
  for (const std::string& value : values) line += " " + Quote(value);
  return line + "\n";
}

// The config comes from standard input: to the server that is no config file, which CONFIG REWRITE
// and INFO would show.
[[noreturn]] void Exec(const std::string& program, int config_fd, int log_fd) {
  // Also when we are killed ourselves, no server is left behind.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(config_fd, STDIN_FILENO);
  dup2(log_fd, STDOUT_FILENO);
  dup2(log_fd, STDERR_FILENO);
  execlp(program.c_str(), program.c_str(), "-", nullptr);
  dprintf(STDERR_FILENO, "%s: cannot be started: %s\n", program.c_str(), strerror(errno));
  _exit(127);
}

std::string DescribeEnd(int status) {
  if (WIFSIGNALED(status)) {
    return fmt::format("killed by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
  }
  return fmt::format("exited with status {}", WEXITSTATUS(status));
}

}  // namespace

Result<std::unique_ptr<ServerProcess>> ServerProcess::Spawn(
    const std::string& program, const std::vector<ModuleFile>& modules,
    const std::vector<std::pair<std::string, std::string>>& config,
    const std::vector<std::pair<std::string, std::string>>& files) {
  std::string directory = std::filesystem::temp_directory_path() / "modcert-XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) {
    return Fail(directory, fmt::format("cannot be created: {}", strerror(errno)));
  }
  std::unique_ptr<ServerProcess> server(new ServerProcess(directory));
  if (auto written = server->WriteConfig(modules, config); !written) {
    return tl::unexpected(written.error());
  }
  for (const auto& [name, content] : files) std::ofstream(directory + "/" + name) << content;
  if (auto launched = server->Launch(program); !launched) return tl::unexpected(launched.error());
  if (auto ready = server->WaitUntilReady(modules); !ready) return tl::unexpected(ready.error());
  return server;
}

Result<int> ServerProcess::FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool found =
      fd >= 0 && bind(fd, generic, size) == 0 && getsockname(fd, generic, &size) == 0;
  if (fd >= 0) close(fd);
  if (!found) return Fail("127.0.0.1", fmt::format("has no free port: {}", strerror(errno)));
  return ntohs(address.sin_port);
}

ServerProcess::ServerProcess(std::string directory)
    : directory_(std::move(directory)),
      address_{.host = {}, .port = 0, .socket = directory_ + "/redis.sock"} {}

ServerProcess::~ServerProcess() {
  if (IsAlive()) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;  // a directory left in /tmp is no reason to fail
  std::filesystem::remove_all(directory_, ignored);
}

Status ServerProcess::WriteConfig(const std::vector<ModuleFile>& modules,
                                  const std::vector<std::pair<std::string, std::string>>& config) {
  const std::string path = directory_ + "/redis.conf";
  std::ofstream out(path);
  out << ConfigLine("port", {"0"}) << ConfigLine("unixsocket", {address_.socket})
      << ConfigLine("dir", {directory_}) << ConfigLine("save", {""})
      << ConfigLine("enable-debug-command", {"yes"})
      << ConfigLine("enable-module-command", {"yes"});
  for (const auto& [name, value] : config) out << ConfigLine(name, {value});
  for (const ModuleFile& module : modules) {
    std::error_code ignored;
    std::vector<std::string> values = {std::filesystem::absolute(module.path, ignored).string()};
    values.insert(values.end(), module.args.begin(), module.args.end());
    out << ConfigLine("loadmodule", values);
  }
  out.close();
  if (!out) return Fail(path, "cannot be written");
  return {};
}

Status ServerProcess::Launch(const std::string& program) {
  const std::string log = directory_ + "/log";
  const int log_fd = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log_fd < 0) return Fail(log, fmt::format("cannot be created: {}", strerror(errno)));
  const std::string config = directory_ + "/redis.conf";
  const int config_fd = open(config.c_str(), O_RDONLY | O_CLOEXEC);
  pid_ = fork();
  if (pid_ == 0) Exec(program, config_fd, log_fd);
  close(config_fd);
  close(log_fd);
  if (pid_ < 0) return Fail(program, fmt::format("cannot fork: {}", strerror(errno)));
  return {};
}

Status ServerProcess::WaitUntilReady(const std::vector<ModuleFile>& modules) {
  const std::string ping[] = {"PING"};
  for (int waited_ms = 0; waited_ms < kStartLimitMs && IsAlive(); ++waited_ms) {
    if (auto connection = Connection::Open(address_)) {
      // Listening comes before loading the modules, answering after it.
      if ((*connection)->Call(ping, kStartLimitMs)) return {};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const std::string why = IsAlive() ? "does not answer" : how_it_ended_;
  return Fail(
      modules.empty() ? "redis-server" : modules.back().path,
      fmt::format("the server did not come up: {}\n  {}", why, fmt::join(LogTail(), "\n  ")));
}

bool ServerProcess::IsAlive() {
  if (pid_ <= 0 || !how_it_ended_.empty()) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  how_it_ended_ = DescribeEnd(status);
  return false;
}

bool ServerProcess::AwaitEnd() {
  for (int waited_ms = 0; waited_ms < kEndLimitMs && IsAlive(); ++waited_ms) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return !IsAlive();
}

std::vector<std::string> ServerProcess::LogTail() const {
  std::deque<std::string> lines;
  std::ifstream in(directory_ + "/log");
  bool crashed = false;
  for (std::string line; std::getline(in, line);) {
    // Of a crash report the head with the stack matters, not the pages of numbers that follow.
    if (line.find("BUG REPORT START") != std::string::npos) crashed = true;
    if (crashed && line.starts_with("------ ") && line.find("STACK") == std::string::npos) break;
    lines.push_back(std::move(line));
    if (lines.size() > kLogLines) lines.pop_front();
  }
  return {lines.begin(), lines.end()};
}

}  // namespace modcert::target
