// A ziplist is: total bytes (4), offset of the last entry (4), entries (2; 65535: unknown),
// entries, 0xFF. Each entry starts with the size of the one before it (one byte, or 0xFE and four),
// then an encoding byte and its data.
//
// A zipmap is: entries (1; 254 and more: unknown), entries, 0xFF. Each entry is the size and bytes
// of the field, the size of the value, a count of unused bytes, the bytes of the value, unused
// bytes.
#include "engine/rdb/ziplist.h"

#include <fmt/format.h>

#include <utility>

#include "engine/rdb/byte_order.h"
#include "engine/rdb/reader.h"

namespace modcert::engine::rdb {
namespace {

constexpr uint8_t kEnd = 0xFF;
constexpr uint8_t kWideSize = 0xFE;

std::string ReadZiplistInteger(Reader& in, uint8_t encoding) {
  if (encoding >= 0xF1 && encoding <= 0xFD) return std::to_string(encoding - 0xF1);
  const size_t size = encoding == 0xC0   ? 2
                      : encoding == 0xD0 ? 4
                      : encoding == 0xE0 ? 8
                      : encoding == 0xF0 ? 3
                      : encoding == 0xFE ? 1
                                         : 0;
  if (size == 0) in.Fail(fmt::format("unknown ziplist encoding {:#x}", encoding));
  const std::string_view raw = in.ReadRaw(size);
  return in.failed() ? std::string() : std::to_string(SignedLittleEndian(raw));
}

std::string ReadZiplistElement(Reader& in) {
  const uint8_t encoding = in.ReadByte();
  const uint64_t low_bits = encoding & 0x3F;
  switch (encoding >> 6) {
    case 0:
      return std::string(in.ReadRaw(low_bits));
    case 1: {
      const uint64_t size = low_bits << 8 | in.ReadByte();
      return std::string(in.ReadRaw(size));
    }
    case 2:
      if (low_bits != 0) in.Fail(fmt::format("unknown ziplist encoding {:#x}", encoding));
      return std::string(in.ReadRaw(BigEndian(in.ReadRaw(4))));
    default:
      return ReadZiplistInteger(in, encoding);
  }
}

uint64_t ReadZipmapSize(Reader& in, uint8_t first) {
  return first == kWideSize ? in.ReadLittle32() : first;
}

}  // namespace

Result<std::vector<std::string>> ReadZiplist(std::string_view bytes) {
  Reader in(bytes);
  if (in.ReadLittle32() != bytes.size()) in.Fail("wrong ziplist size");
  const uint32_t last_entry = in.ReadLittle32();
  const uint64_t count = LittleEndian(in.ReadRaw(2));
  size_t entry = in.offset();
  size_t size_before = 0;
  std::vector<std::string> elements;
  while (in.remaining() > 1) {
    const size_t start = in.offset();
    uint64_t stated_size = in.ReadByte();
    if (stated_size == kWideSize) stated_size = in.ReadLittle32();
    if (stated_size != size_before) in.Fail("wrong size of the entry before");
    elements.push_back(ReadZiplistElement(in));
    entry = start;
    size_before = in.offset() - start;
  }
  if (in.ReadByte() != kEnd) in.Fail("ziplist without end");
  if (entry != last_entry) in.Fail("wrong offset of the last entry");
  if (count != 65535 && count != elements.size()) in.Fail("wrong number of ziplist entries");
  if (in.failed()) return tl::unexpected(in.error());
  return elements;
}

Result<std::vector<std::string>> ReadZipmap(std::string_view bytes) {
  Reader in(bytes);
  const uint8_t count = in.ReadByte();
  std::vector<std::string> elements;
  while (!in.failed()) {
    const uint8_t first = in.ReadByte();
    if (first == kEnd) break;
    elements.emplace_back(in.ReadRaw(ReadZipmapSize(in, first)));
    const uint64_t value_size = ReadZipmapSize(in, in.ReadByte());
    const uint8_t unused = in.ReadByte();
    elements.emplace_back(in.ReadRaw(value_size));
    in.ReadRaw(unused);
  }
  if (in.remaining() != 0) in.Fail("bytes after the end of a zipmap");
  if (count < kWideSize && elements.size() != 2u * count) in.Fail("wrong number of zipmap entries");
  if (in.failed()) return tl::unexpected(in.error());
  return elements;
}

}  // namespace modcert::engine::rdb
