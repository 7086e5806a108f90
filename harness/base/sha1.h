// SHA-1: the names of scripts, and the digests that DEBUG DIGEST prints. Not for secrets.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace modcert {

using Sha1Bytes = std::array<uint8_t, 20>;

Sha1Bytes Sha1(std::string_view bytes);

}  // namespace modcert
