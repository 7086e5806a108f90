#include "base/sha1.h"

#include <bit>
#include <cstring>

namespace modcert {
namespace {

using State = std::array<uint32_t, 5>;

constexpr size_t kBlockSize = 64;

// Takes one block of 64 bytes into the state (FIPS 180-4, section 6.1.2).
void AddBlock(State& state, const uint8_t* block) {
  uint32_t words[80];
  for (int i = 0; i < 16; ++i, block += 4)
    words[i] =
        uint32_t{block[0]} << 24 | uint32_t{block[1]} << 16 | uint32_t{block[2]} << 8 | block[3];
  for (int i = 16; i < 80; ++i)
    words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);

  auto [a, b, c, d, e] = state;
  for (int i = 0; i < 80; ++i) {
    const uint32_t mixed = i < 20   ? ((b & c) | (~b & d)) + 0x5a827999
                           : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1
                           : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
                                    : (b ^ c ^ d) + 0xca62c1d6;
    const uint32_t next = std::rotl(a, 5) + mixed + e + words[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e};
}

}  // namespace

Sha1Bytes Sha1(std::string_view bytes) {
  State state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  size_t left = bytes.size();
  for (; left >= kBlockSize; left -= kBlockSize, data += kBlockSize) AddBlock(state, data);

  // The rest, a one bit, zeros, and the number of bits in the last eight bytes.
  uint8_t tail[2 * kBlockSize] = {};
  if (left > 0) std::memcpy(tail, data, left);
  tail[left] = 0x80;
  const size_t tail_size = left + 9 <= kBlockSize ? kBlockSize : 2 * kBlockSize;
  const uint64_t bit_count = uint64_t{bytes.size()} * 8;
  for (size_t i = 0; i < 8; ++i)
    tail[tail_size - 1 - i] = static_cast<uint8_t>(bit_count >> (8 * i));
  for (size_t i = 0; i < tail_size; i += kBlockSize) AddBlock(state, tail + i);

  Sha1Bytes digest;
  for (size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
  return digest;
}

}  // namespace modcert
