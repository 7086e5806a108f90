#include "target/connection.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <vector>

namespace modcert::target {
namespace {

// A server on this machine accepts at once; one far away gets a little time.
constexpr timeval kConnectTimeout{.tv_sec = 5, .tv_usec = 0};

std::string Encoded(std::span<const std::string> argv) {
  std::string out = fmt::format("*{}\r\n", argv.size());
  for (const std::string& arg : argv) {
    fmt::format_to(std::back_inserter(out), "${}\r\n", arg.size());
    out += arg;
    out += "\r\n";
  }
  return out;
}

}  // namespace

std::string Address::ToString() const {
  return socket.empty() ? fmt::format("{}:{}", host, port) : socket;
}

Result<Address> ParseAddress(std::string_view text) {
  if (text.find('/') != text.npos)
    return Address{.host = {}, .port = 0, .socket = std::string(text)};
  const size_t colon = text.rfind(':');
  Address address;
  if (colon != text.npos) {
    const std::string_view port = text.substr(colon + 1);
    std::from_chars(port.data(), port.data() + port.size(), address.port);
    address.host = text.substr(0, colon);
  }
  if (address.host.empty() || address.port <= 0 || address.port > 65535) {
    return Fail(std::string(text), "no address of a server",
                "write 'redis', HOST:PORT or the path of a unix socket");
  }
  return address;
}

Result<std::unique_ptr<Connection>> Connection::Open(const Address& address) {
  redisContext* context =
      address.socket.empty()
          ? redisConnectWithTimeout(address.host.c_str(), address.port, kConnectTimeout)
          : redisConnectUnixWithTimeout(address.socket.c_str(), kConnectTimeout);
  if (context == nullptr) return Fail(address.ToString(), "out of memory");
  std::unique_ptr<Connection> connection(new Connection(context));
  if (context->err != 0) {
    return Fail(address.ToString(), fmt::format("cannot connect: {}", context->errstr));
  }
  // A server started later must not inherit it: then closing it here would not close it.
  fcntl(context->fd, F_SETFD, FD_CLOEXEC);
  return connection;
}

Connection::~Connection() { redisFree(context_); }

bool Connection::Write(std::span<const std::string> argv) {
  const std::string bytes = Encoded(argv);
  std::string_view rest = bytes;
  while (!rest.empty() && !closed_) {
    const ssize_t size = send(context_->fd, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (size > 0) {
      rest.remove_prefix(static_cast<size_t>(size));
    } else if (errno != EINTR && errno != EAGAIN) {
      closed_ = true;
    }
  }
  return !closed_;
}

Status Connection::Read(int wait_ms) {
  std::string bytes;
  ReadRaw(wait_ms, bytes);
  return bytes.empty() ? Status() : stream_.Feed(bytes);
}

void Connection::ReadRaw(int wait_ms, std::string& out) {
  pollfd ready{.fd = context_->fd, .events = POLLIN, .revents = 0};
  if (closed_ || poll(&ready, 1, wait_ms) <= 0) return;
  char buffer[16 * 1024];
  while (true) {
    const ssize_t size = recv(context_->fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (size > 0) {
      out.append(buffer, static_cast<size_t>(size));
      if (static_cast<size_t>(size) < sizeof buffer) return;
      continue;
    }
    if (size < 0 && errno == EINTR) continue;
    closed_ = size == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
    return;
  }
}

Result<resp::Value> Connection::Call(std::span<const std::string> argv, int limit_ms) {
  stream_.BeginCommand();
  Write(argv);
  constexpr int kSliceMs = 10;
  for (int waited_ms = 0; waited_ms <= limit_ms; waited_ms += kSliceMs) {
    if (auto raw = stream_.TakeReply()) return resp::DecodeOne(*raw);
    if (closed_) return Fail(argv[0], "the server closed the connection");
    if (auto read = Read(kSliceMs); !read) return tl::unexpected(read.error());
  }
  if (auto raw = stream_.TakeReply()) return resp::DecodeOne(*raw);
  return Fail(argv[0], fmt::format("no reply within {} ms", limit_ms));
}

}  // namespace modcert::target
