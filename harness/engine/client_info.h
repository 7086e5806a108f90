// The line by which CLIENT LIST, CLIENT INFO and ACL LOG describe a client.
#pragma once

#include <cstdint>
#include <string>

#include "engine/client.h"

namespace modcert::engine {

// Without a line end. There are no sockets and no buffers, so addresses and sizes say nothing.
std::string DescribeClient(const Client& client, int64_t now_ms);

}  // namespace modcert::engine
