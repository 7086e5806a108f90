// SHA-256: which file a certificate is about.
#pragma once

#include <string>
#include <string_view>

namespace modcert {

// 64 hexadecimal digits.
std::string Sha256Hex(std::string_view bytes);

}  // namespace modcert
