// Bytes as a quoted, printable text, as redis-cli and the server's log show them.
#pragma once

#include <string>
#include <string_view>

namespace modcert {

// "a\"b\x00\n": in double quotes; \\ \" \n \r \t \a \b by name, other bytes that are not printable
// ASCII as \xNN. SplitArgs() reads it back.
std::string Quote(std::string_view bytes);

// The same, appended to `out`.
void AppendQuoted(std::string_view bytes, std::string& out);

}  // namespace modcert
