#include "engine/cluster_slot.h"

#include <array>
#include <cstdint>

namespace modcert::engine {
namespace {

// CRC16 as XMODEM has it: polynomial 0x1021, beginning with 0, bits not reversed.
constexpr std::array<uint16_t, 256> MakeTable() {
  std::array<uint16_t, 256> table = {};
  for (unsigned byte = 0; byte < table.size(); ++byte) {
    unsigned crc = byte << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000) ? (crc << 1) ^ 0x1021 : crc << 1;
    table[byte] = static_cast<uint16_t>(crc);
  }
  return table;
}

constexpr std::array<uint16_t, 256> kTable = MakeTable();

unsigned Crc16(std::string_view bytes) {
  unsigned crc = 0;
  for (char c : bytes)
    crc = ((crc << 8) ^ kTable[((crc >> 8) ^ static_cast<unsigned char>(c)) & 0xff]) & 0xffff;
  return crc;
}

std::string_view Hashed(std::string_view key) {
  const size_t open = key.find('{');
  if (open == std::string_view::npos) return key;
  const size_t close = key.find('}', open + 1);
  if (close == std::string_view::npos || close == open + 1) return key;
  return key.substr(open + 1, close - open - 1);
}

}  // namespace

// Three letters and digits reach every slot.
std::vector<std::string> ShortKeyNames() {
  constexpr std::string_view kLetters =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::vector<std::string> names(kSlotCount);
  const auto add = [&](const std::string& name) {
    std::string& place = names[static_cast<size_t>(SlotOf(name))];
    if (place.empty()) place = name;
  };
  for (char a : kLetters)
    for (char b : kLetters)
      for (char c : kLetters) add({a, b, c});
  return names;
}

int SlotOf(std::string_view key) { return static_cast<int>(Crc16(Hashed(key)) % kSlotCount); }

}  // namespace modcert::engine
