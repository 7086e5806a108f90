// What a server sends to one client, cut into replies and messages. A message is what no command
// asked for: a pub/sub message, an invalidation, or what is left over of an earlier command.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "resp/decode.h"

namespace modcert::target {

class ReplyStream {
 public:
  // Adds bytes as they arrive. Fails when they are not RESP; nothing can be read after that.
  Status Feed(std::string_view bytes);

  // Says that a command is about to be sent: what has arrived up to here is not its reply.
  void BeginCommand();

  // The raw bytes of the next reply, skipping over messages, which stay.
  std::optional<std::string> TakeReply();

  // The raw bytes of whatever came first, reply or message.
  std::optional<std::string> TakeNext();

  // Whether part of a value has arrived and its rest is missing.
  bool has_partial() const { return !unread_.empty(); }

 private:
  struct Item {
    std::string raw;
    bool is_message;
  };

  bool IsMessage(const resp::Value& value);

  resp::Decoder decoder_;
  std::string unread_;  // bytes fed and not yet part of an item
  std::deque<Item> items_;
  bool subscribed_ = false;  // RESP2 tells a message from a reply only by this
};

}  // namespace modcert::target
