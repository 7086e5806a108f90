#include "engine/client.h"

#include "resp/encode.h"

namespace modcert::engine {

void Client::Send(const resp::Value& value) {
  if (origin_ == Origin::kInternal && !collects_output) return;
  resp::Encode(value, protocol, output);
}

}  // namespace modcert::engine
