// Integers as bytes, least significant first (nearly everywhere in RDB) or last (lengths).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace modcert::engine::rdb {

// Appends the lowest `size` bytes of the number.
inline void AppendLittleEndian(std::string& out, uint64_t number, size_t size) {
  for (size_t i = 0; i < size; ++i) out.push_back(static_cast<char>(number >> (8 * i)));
}
inline void AppendBigEndian(std::string& out, uint64_t number, size_t size) {
  for (size_t i = size; i-- > 0;) out.push_back(static_cast<char>(number >> (8 * i)));
}

// The number that all of `bytes` (at most 8) stand for.
inline uint64_t LittleEndian(std::string_view bytes) {
  uint64_t number = 0;
  for (size_t i = bytes.size(); i-- > 0;) number = number << 8 | static_cast<uint8_t>(bytes[i]);
  return number;
}
inline uint64_t BigEndian(std::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<uint8_t>(byte);
  return number;
}

// The same as a signed number of that many bytes (1 to 8).
inline int64_t SignedLittleEndian(std::string_view bytes) {
  const auto unused_bits = static_cast<int>(64 - 8 * bytes.size());
  return static_cast<int64_t>(LittleEndian(bytes) << unused_bits) >> unused_bits;
}

}  // namespace modcert::engine::rdb
