// A redis-server of the machine, for tests that ask what a real one does.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

struct redisContext;

namespace modcert::engine::rdb {

// A fresh server on a unix socket in a directory of its own; both go away with this object.
class RealServer {
 public:
  // Null where no redis-server is installed, or it is not a 7.0, whose bytes we compare with.
  static std::unique_ptr<RealServer> Start();
  ~RealServer();
  RealServer(const RealServer&) = delete;
  RealServer& operator=(const RealServer&) = delete;

  // The reply as text: bytes of a string, digits of an integer, "-" and the text of an error,
  // elements of an array behind one another.
  std::string Ask(const std::vector<std::string>& command);
  // Where SAVE writes and DEBUG RELOAD NOSAVE reads.
  std::string rdb_path() const { return directory_ + "/dump.rdb"; }

 private:
  RealServer() = default;
  bool Spawn();

  std::string directory_;
  pid_t pid_ = -1;
  redisContext* connection_ = nullptr;
};

}  // namespace modcert::engine::rdb
