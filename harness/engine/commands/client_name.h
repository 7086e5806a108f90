// The name that a client gives its connection: CLIENT SETNAME, HELLO SETNAME.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include "engine/client.h"

namespace modcert::engine {

// Names the client; an empty name takes the name away. Returns the error to answer with when the
// name has other characters than printable ASCII without the space.
inline std::optional<Reply> SetClientName(Client& client, std::string_view name) {
  if (!std::all_of(name.begin(), name.end(), [](char c) { return c >= '!' && c <= '~'; }))
    return Reply::Error("ERR Client names cannot contain spaces, newlines or special characters.");
  client.name = name;
  return std::nullopt;
}

}  // namespace modcert::engine
