// What clients send: commands as arrays of bulk strings, or inline as a line of text. The decoder
// behaves as a real server does, down to the texts of its protocol errors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace modcert::resp {

// The command as an array of bulk strings.
std::string EncodeRequest(std::span<const std::string> args);
void AppendRequest(std::span<const std::string> args, std::string& out);

// What a server accepts; the defaults are those of Redis 7.0. They may change between two requests,
// as by AUTH or CONFIG SET proto-max-bulk-len.
struct RequestLimits {
  int64_t bulk_size_max = 512 * 1024 * 1024;
  int64_t arg_count_max = 2147483647;
  // Clients that still have to authenticate get 10 arguments of at most 16384 bytes.
  bool authenticated = true;
};

// Decodes a stream of requests that arrives in pieces of any size. Owned by one client, used by one
// thread at a time.
class RequestDecoder {
 public:
  enum class Outcome { kRequest, kNeedMore, kError };

  explicit RequestDecoder(const RequestLimits& limits = {}) : limits_(limits) {}

  // Adds bytes to the stream.
  void Feed(std::string_view bytes);

  // kRequest: `args` is the next request, with at least one argument; empty requests are skipped.
  // Pass the same vector again: its strings are reused, so that small requests allocate nothing.
  // kNeedMore and kError leave `args` alone. After kError a server replies error(), then closes;
  // every later call gives kError.
  Outcome Next(std::vector<std::string>& args);

  // "ERR Protocol error: ...", empty as long as there was none.
  const std::string& error() const { return error_; }

  // Bytes fed that were not taken yet.
  size_t pending_size() const { return buffer_.size() - position_; }

  RequestLimits& limits() { return limits_; }

 private:
  Outcome ReadRequest();
  Outcome ReadInline();
  Outcome ReadArgCount();
  Outcome ReadArgs();
  Outcome ReadBulkSize();
  Outcome ReadCountLine(const char* too_big, std::string_view& line);
  Outcome Wrong(std::string_view problem);
  void DropTaken();

  RequestLimits limits_;
  std::string buffer_;
  size_t position_ = 0;  // In buffer_.
  // The array of bulk strings under construction. args_ may be longer than arg_count_ says: strings
  // of an earlier request, kept for their memory.
  std::vector<std::string> args_;
  size_t arg_count_ = 0;
  int64_t args_missing_ = 0;
  int64_t bulk_size_ = -1;  // -1: its line comes next.
  std::string error_;
};

}  // namespace modcert::resp
