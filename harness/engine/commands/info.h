// The text of INFO, for the command and for whoever else asks (modules through GetServerInfo).
#pragma once

#include <span>
#include <string>

namespace modcert::engine {

class Server;

// The sections named, in the server's order; all default ones when none is named.
std::string InfoText(const Server& server, std::span<const std::string> sections);

}  // namespace modcert::engine
