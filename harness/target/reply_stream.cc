#include "target/reply_stream.h"

#include <algorithm>

namespace modcert::target {
namespace {

using resp::Type;
using resp::Value;

std::string_view Kind(const Value& value) {
  return value.children.empty() ? std::string_view() : value.children[0].text;
}

// The server's answer to (P|S)(UN)SUBSCRIBE: in RESP3 a push, but a reply all the same.
bool IsConfirmation(const Value& value) {
  return value.children.size() == 3 && value.children[2].type == Type::kInteger &&
         Kind(value).ends_with("subscribe");
}

bool IsPublished(const Value& value) {
  const std::string_view kind = Kind(value);
  return (value.children.size() == 3 && (kind == "message" || kind == "smessage")) ||
         (value.children.size() == 4 && kind == "pmessage");
}

}  // namespace

Status ReplyStream::Feed(std::string_view bytes) {
  unread_ += bytes;
  decoder_.Feed(bytes);
  while (true) {
    const size_t before = decoder_.pending_size();
    auto value = decoder_.Next();
    if (!value) return tl::unexpected(value.error());
    if (!*value) return {};
    const size_t size = before - decoder_.pending_size();
    items_.push_back({unread_.substr(0, size), IsMessage(**value)});
    unread_.erase(0, size);
  }
}

void ReplyStream::BeginCommand() {
  for (Item& item : items_) item.is_message = true;
}

std::optional<std::string> ReplyStream::TakeReply() {
  const auto reply =
      std::find_if(items_.begin(), items_.end(), [](const Item& item) { return !item.is_message; });
  if (reply == items_.end()) return std::nullopt;
  std::string raw = std::move(reply->raw);
  items_.erase(reply);
  return raw;
}

std::optional<std::string> ReplyStream::TakeNext() {
  if (items_.empty()) return std::nullopt;
  std::string raw = std::move(items_.front().raw);
  items_.pop_front();
  return raw;
}

bool ReplyStream::IsMessage(const Value& value) {
  const bool push = value.type == Type::kPush;
  if (!push && value.type != Type::kArray) return false;
  if (IsConfirmation(value)) {
    subscribed_ = value.children[2].integer > 0;
    return false;
  }
  return push || (subscribed_ && IsPublished(value));
}

}  // namespace modcert::target
