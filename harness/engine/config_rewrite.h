// CONFIG REWRITE: the config file with the values of now.
#pragma once

#include <string>
#include <string_view>

#include "engine/server.h"

namespace modcert::engine {

// `text` with its lines about parameters brought up to date, in their places; what is at its
// default and in no line stays out, the rest comes behind. Comments and unknown lines stay.
std::string RewrittenConfig(const Server& server, std::string_view text);

}  // namespace modcert::engine
