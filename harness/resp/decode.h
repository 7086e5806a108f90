// Bytes of RESP2 and RESP3 as values: what a client does with the replies of a server.
//
// Simple strings, errors, numbers and lengths must have their one canonical spelling and end in
// "\r\n". Blob errors become kError, null arrays of RESP2 stay apart from nulls. The streamed types
// of RESP3 ($?, *? ...) are refused by name: no server sends them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "resp/decode_limits.h"
#include "resp/reply_parser.h"
#include "resp/value.h"

namespace modcert::resp {

// Decodes a stream of replies that arrives in pieces of any size. Owned by one connection, used by
// one thread at a time.
class Decoder {
 public:
  explicit Decoder(const DecodeLimits& limits = {}) : limits_(limits), parser_(limits_, root_) {}
  // The parser points to its neighbours.
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  // Adds bytes to the stream.
  void Feed(std::string_view bytes);

  // The next whole reply, or nothing until more bytes arrive. A reply that arrives byte by byte is
  // still decoded only once. An error names the offset in the stream, counted from the first byte
  // ever fed, and what was expected there; every later call gives the same error.
  Result<std::optional<Value>> Next();

  // Bytes fed that no value returned by Next() contains: 0 means that the stream may end here.
  size_t pending_size() const { return buffer_.size() - reply_start_; }

 private:
  Value TakeReply();
  void DropDecoded();

  const DecodeLimits limits_;
  Value root_;
  ReplyParser parser_;
  std::string buffer_;
  size_t reply_start_ = 0;    // In buffer_.
  size_t stream_offset_ = 0;  // Of buffer_[0].
  std::optional<Error> error_;
};

// Decodes bytes that are one whole reply, no more and no less.
Result<Value> DecodeOne(std::string_view bytes, const DecodeLimits& limits = {});

}  // namespace modcert::resp
