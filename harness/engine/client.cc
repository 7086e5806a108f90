#include "engine/client.h"

#include "resp/encode.h"

namespace modcert::engine {

void Client::UserChanged() {
  if (const auto watch = std::exchange(user_watch, std::nullopt)) watch->changed();
}

bool Client::DropsReplies() const {
  if (origin_ == Origin::kInternal && !collects_output) return true;
  return reply_mode == ReplyMode::kOff || reply_mode == ReplyMode::kSkip;
}

void Client::Send(const resp::Value& value) {
  if (DropsReplies() && value.type != resp::Type::kPush) return;
  if (origin_ == Origin::kInternal && !collects_output) return;
  resp::Encode(value, protocol, output);
}

}  // namespace modcert::engine
