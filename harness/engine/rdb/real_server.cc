#include "engine/rdb/real_server.h"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace modcert::engine::rdb {
namespace {

// In the child: becomes the server, whose log goes to `log`, and which dies with the test.
[[noreturn]] void BecomeServer(const std::string& directory, int log) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(log, STDOUT_FILENO);
  const std::string socket = directory + "/socket";
  execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", socket.c_str(), "--save",
         "", "--dir", directory.c_str(), "--enable-debug-command", "yes", "--rdb-del-sync-files",
         "no", "--sanitize-dump-payload", "yes", nullptr);
  _exit(127);
}

// Reads the server's log until it says that it is ready. False when it ends before.
bool WaitUntilReady(int log) {
  FILE* lines = fdopen(log, "r");
  bool ready = false;
  char line[1024];
  while (!ready && fgets(line, sizeof line, lines))
    ready = std::string_view(line).find("ready to accept connections") != std::string_view::npos;
  // The server keeps writing, so the pipe stays open as long as the process: a few bytes.
  return ready;
}

std::string TextOf(const redisReply& reply) {
  std::string text;
  switch (reply.type) {
    case REDIS_REPLY_INTEGER:
      return std::to_string(reply.integer);
    case REDIS_REPLY_ERROR:
      return "-" + std::string(reply.str, reply.len);
    case REDIS_REPLY_ARRAY:
      for (size_t i = 0; i < reply.elements; ++i) text += TextOf(*reply.element[i]);
      return text;
    case REDIS_REPLY_NIL:
      return "(nil)";
    default:
      return {reply.str, reply.len};
  }
}

}  // namespace

std::unique_ptr<RealServer> RealServer::Start() {
  std::unique_ptr<RealServer> server(new RealServer);
  if (!server->Spawn()) return nullptr;
  if (server->Ask({"INFO", "server"}).find("redis_version:7.0.") == std::string::npos)
    return nullptr;
  return server;
}

bool RealServer::Spawn() {
  char pattern[] = "/tmp/modcert-rdb-XXXXXX";
  if (!mkdtemp(pattern)) return false;
  directory_ = pattern;
  int log[2];
  if (pipe2(log, O_CLOEXEC) != 0) return false;
  pid_ = fork();
  if (pid_ == 0) BecomeServer(directory_, log[1]);
  close(log[1]);
  if (pid_ < 0 || !WaitUntilReady(log[0])) return false;
  connection_ = redisConnectUnix((directory_ + "/socket").c_str());
  return connection_ && connection_->err == 0;
}

RealServer::~RealServer() {
  if (connection_) redisFree(connection_);
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
}

std::string RealServer::Ask(const std::vector<std::string>& command) {
  std::vector<const char*> arguments;
  std::vector<size_t> sizes;
  for (const std::string& argument : command) {
    arguments.push_back(argument.data());
    sizes.push_back(argument.size());
  }
  auto* reply = static_cast<redisReply*>(redisCommandArgv(
      connection_, static_cast<int>(arguments.size()), arguments.data(), sizes.data()));
  if (!reply) return std::string("no reply: ") + connection_->errstr;
  std::string text = TextOf(*reply);
  freeReplyObject(reply);
  return text;
}

}  // namespace modcert::engine::rdb
