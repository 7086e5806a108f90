// The line by which CLIENT LIST, CLIENT INFO and ACL LOG describe a client.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/client.h"

namespace modcert::engine {

// There are no sockets: every client stands here with the same address.
inline constexpr std::string_view kClientAddress = "inprocess:0";

// Without a line end. There are no buffers, so their sizes say nothing.
std::string DescribeClient(const Client& client, int64_t now_ms);

}  // namespace modcert::engine
