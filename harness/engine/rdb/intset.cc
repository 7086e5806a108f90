#include "engine/rdb/intset.h"

#include "engine/rdb/byte_order.h"

namespace modcert::engine::rdb {
namespace {

constexpr size_t kHeaderSize = 8;

}  // namespace

std::string WriteIntset(const std::vector<int64_t>& integers, int width) {
  const auto size = static_cast<size_t>(width);
  std::string bytes;
  bytes.reserve(kHeaderSize + size * integers.size());
  AppendLittleEndian(bytes, size, 4);
  AppendLittleEndian(bytes, integers.size(), 4);
  for (const int64_t integer : integers)
    AppendLittleEndian(bytes, static_cast<uint64_t>(integer), size);
  return bytes;
}

Result<Intset> ReadIntset(std::string_view bytes) {
  if (bytes.size() < kHeaderSize) return Fail("intset", "no header");
  const uint64_t width = LittleEndian(bytes.substr(0, 4));
  const uint64_t count = LittleEndian(bytes.substr(4, 4));
  if (width != 2 && width != 4 && width != 8) return Fail("intset", "unknown width");
  if (bytes.size() - kHeaderSize != count * width) return Fail("intset", "wrong size");
  Intset intset{static_cast<int>(width), {}};
  intset.integers.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    const int64_t integer = SignedLittleEndian(bytes.substr(kHeaderSize + i * width, width));
    if (i > 0 && integer <= intset.integers.back()) return Fail("intset", "not ascending");
    intset.integers.push_back(integer);
  }
  return intset;
}

}  // namespace modcert::engine::rdb
