// One client of a real server. hiredis connects; the replies are cut by ReplyStream, so that both
// targets are read by one decoder.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "target/reply_stream.h"

struct redisContext;

namespace modcert::target {

// "HOST:PORT" or the path of a unix socket.
struct Address {
  std::string host;
  int port = 0;
  std::string socket;

  std::string ToString() const;
};

// "127.0.0.1:6379", "/tmp/redis.sock".
Result<Address> ParseAddress(std::string_view text);

class Connection {
 public:
  static Result<std::unique_ptr<Connection>> Open(const Address& address);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Writes one command whole. False when the server has closed the connection.
  bool Write(std::span<const std::string> argv);

  // Reads what has arrived, waiting up to `wait_ms` for a first byte (0: not at all). Fails when
  // the bytes are no RESP. After the server has closed the connection, is_closed() is true.
  Status Read(int wait_ms);

  // Reads raw bytes instead of replies, appended to `out`.
  void ReadRaw(int wait_ms, std::string& out);

  // Sends a command and waits for its reply, however long that takes up to `limit_ms`.
  Result<resp::Value> Call(std::span<const std::string> argv, int limit_ms);

  ReplyStream& stream() { return stream_; }
  bool is_closed() const { return closed_; }

 private:
  explicit Connection(redisContext* context) : context_(context) {}

  redisContext* context_;
  ReplyStream stream_;
  bool closed_ = false;
};

}  // namespace modcert::target
