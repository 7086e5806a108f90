#include "resp/decode.h"

#include <fmt/format.h>

namespace modcert::resp {
namespace {

std::string Place(size_t offset) { return fmt::format("byte {}", offset); }

}  // namespace

void Decoder::Feed(std::string_view bytes) { buffer_ += bytes; }

Result<std::optional<Value>> Decoder::Next() {
  if (error_) return tl::unexpected(*error_);
  switch (parser_.Parse(buffer_)) {
    case ReplyParser::Outcome::kNeedMore:
      return std::nullopt;
    case ReplyParser::Outcome::kError:
      error_ = Error{Place(stream_offset_ + parser_.position()), parser_.problem(), ""};
      return tl::unexpected(*error_);
    case ReplyParser::Outcome::kValue:
      break;
  }
  reply_start_ = parser_.position();
  DropDecoded();
  return TakeReply();
}

Value Decoder::TakeReply() {
  Value reply = std::move(root_);
  // Cheaper than root_ = Value(): what was moved from has nothing left to free.
  root_.type = Type::kNull;
  root_.integer = 0;
  root_.number = 0;
  root_.text.clear();
  root_.format.clear();
  root_.children.clear();
  root_.attributes.clear();
  parser_.Restart(root_);
  return reply;
}

void Decoder::DropDecoded() {
  // Moving the rest to the front pays once half of a buffer of some size is behind us.
  constexpr size_t kWorthwhile = 64 * 1024;
  const bool all = reply_start_ == buffer_.size();
  if (!all && (reply_start_ < kWorthwhile || reply_start_ < buffer_.size() / 2)) return;
  buffer_.erase(0, reply_start_);
  parser_.DropPrefix(reply_start_);
  stream_offset_ += reply_start_;
  reply_start_ = 0;
}

Result<Value> DecodeOne(std::string_view bytes, const DecodeLimits& limits) {
  Result<Value> reply;
  ReplyParser parser(limits, *reply);
  switch (parser.Parse(bytes)) {
    case ReplyParser::Outcome::kNeedMore:
      return Fail(Place(bytes.size()), "the reply ends too early");
    case ReplyParser::Outcome::kError:
      return Fail(Place(parser.position()), parser.problem());
    case ReplyParser::Outcome::kValue:
      break;
  }
  if (parser.position() == bytes.size()) return reply;
  return Fail(Place(parser.position()), fmt::format("{} more bytes behind the end of the reply",
                                                    bytes.size() - parser.position()));
}

}  // namespace modcert::resp
