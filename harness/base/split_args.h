// Splits a line into arguments as redis-cli, redis.conf and inline commands do.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modcert {

// Arguments are separated by white space. "..." knows \n \r \t \b \a \xNN and \c for any other
// character; '...' knows \' only. Quotes may open inside an argument (a"b c" is one), but must be
// closed, and white space or the end must follow. Nothing when the quotes are not like that. A NUL
// byte ends the line.
std::optional<std::vector<std::string>> SplitArgs(std::string_view line);

}  // namespace modcert
