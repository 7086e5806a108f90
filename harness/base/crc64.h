// CRC-64 "Jones", the checksum at the end of RDB files and of DUMP payloads.
#pragma once

#include <cstdint>
#include <string_view>

namespace modcert {

// Continues `crc` (0 at the start) with more bytes: any split of the input gives the same result.
uint64_t Crc64(uint64_t crc, std::string_view bytes);

}  // namespace modcert
