#include "engine/rdb/listpack.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/parse_number.h"
#include "engine/rdb/byte_order.h"

namespace modcert::engine::rdb {
namespace {

constexpr size_t kHeaderSize = 6;
constexpr uint64_t kCountUnknown = 65535;
constexpr char kEnd = '\xff';

// The size that follows an element is stored seven bits to a byte, low bits last; all but the first
// byte have their top bit set, which tells a reader that comes from behind to go on.
size_t BackSizeSize(size_t size) {
  // The largest number of two, three and four bytes gets one byte more than it needs: so the
  // real server has it.
  if (size <= 127) return 1;
  if (size < 16383) return 2;
  if (size < 2097151) return 3;
  if (size < 268435455) return 4;
  return 5;
}

// The bytes of data behind the encoding byte of an integer that does not fit into 13 bits.
size_t IntegerDataSize(int64_t number) {
  if (number >= INT16_MIN && number <= INT16_MAX) return 2;
  if (number >= -(1 << 23) && number <= (1 << 23) - 1) return 3;
  return number >= INT32_MIN && number <= INT32_MAX ? 4 : 8;
}

void AppendBackSize(std::string& out, size_t size) {
  const size_t byte_count = BackSizeSize(size);
  for (size_t i = byte_count; i-- > 0;) {
    const auto bits = static_cast<uint8_t>(size >> (7 * i) & 127);
    out.push_back(static_cast<char>(i + 1 == byte_count ? bits : bits | 128));
  }
}

void AppendInteger(std::string& out, int64_t number) {
  const auto bits = static_cast<uint64_t>(number);
  if (number >= 0 && number <= 127) {
    out.push_back(static_cast<char>(number));
  } else if (number >= -4096 && number <= 4095) {
    out.push_back(static_cast<char>(0xC0 | (bits >> 8 & 0x1F)));
    out.push_back(static_cast<char>(bits));
  } else {
    const size_t size = IntegerDataSize(number);
    out.push_back(static_cast<char>(size == 8 ? 0xF4 : 0xEF + size));
    AppendLittleEndian(out, bits, size);
  }
}

void AppendBytes(std::string& out, std::string_view bytes) {
  if (bytes.size() < 64) {
    out.push_back(static_cast<char>(0x80 | bytes.size()));
  } else if (bytes.size() < 4096) {
    out.push_back(static_cast<char>(0xE0 | bytes.size() >> 8));
    out.push_back(static_cast<char>(bytes.size()));
  } else {
    out.push_back('\xf0');
    AppendLittleEndian(out, bytes.size(), 4);
  }
  out += bytes;
}

// What the first bytes of an element say: so many bytes of encoding, so many of data.
struct Shape {
  size_t head_size = 0;
  size_t data_size = 0;
  bool is_integer = false;
};

// Nothing when `bytes`, which is not empty, starts with no element.
std::optional<Shape> ShapeOf(std::string_view bytes) {
  const auto first = static_cast<uint8_t>(bytes[0]);
  if (first < 0x80) return Shape{1, 0, true};
  if (first < 0xC0) return Shape{1, first & 0x3Fu, false};
  if (first < 0xE0) return Shape{2, 0, true};
  if (first < 0xF0) {
    if (bytes.size() < 2) return std::nullopt;
    return Shape{2, (first & 0x0Fu) << 8 | static_cast<uint8_t>(bytes[1]), false};
  }
  if (first == 0xF0) {
    if (bytes.size() < 5) return std::nullopt;
    return Shape{5, LittleEndian(bytes.substr(1, 4)), false};
  }
  if (first <= 0xF3) return Shape{1, first - 0xEFu, true};
  if (first == 0xF4) return Shape{1, 8, true};
  return std::nullopt;
}

std::string IntegerText(std::string_view head, std::string_view data) {
  const auto first = static_cast<uint8_t>(head[0]);
  if (first < 0x80) return std::to_string(first);
  if (first >= 0xF0) return std::to_string(SignedLittleEndian(data));
  // Thirteen bits with sign.
  const int number = (first & 0x1F) << 8 | static_cast<uint8_t>(head[1]);
  return std::to_string(number >= 4096 ? number - 8192 : number);
}

// The size that ends at `last`, read from behind as the real server reads it: a byte whose top bit
// is set by mistake lets it go on into what stands before, and is forgiven if that adds nothing.
uint64_t BackSizeEndingAt(std::string_view bytes, size_t last) {
  uint64_t size = 0;
  for (int shift = 0; shift <= 28; shift += 7, --last) {
    const auto byte = static_cast<uint8_t>(bytes[last]);
    size |= uint64_t{byte & 127u} << shift;
    if (byte < 128) return size;
    if (last == 0) break;
  }
  return UINT64_MAX;
}

// Reads the element at `offset`, which stands before `end`, and moves the offset behind it.
std::optional<std::string> TakeElement(std::string_view bytes, size_t end, size_t& offset) {
  const std::string_view rest = bytes.substr(offset, end - offset);
  const auto shape = ShapeOf(rest);
  if (!shape) return std::nullopt;
  const size_t size = shape->head_size + shape->data_size;
  const size_t size_in_all = size + BackSizeSize(size);
  if (size_in_all > rest.size()) return std::nullopt;
  if (BackSizeEndingAt(bytes, offset + size_in_all - 1) != size) return std::nullopt;
  const std::string_view head = rest.substr(0, shape->head_size);
  const std::string_view data = rest.substr(shape->head_size, shape->data_size);
  offset += size_in_all;
  return shape->is_integer ? IntegerText(head, data) : std::string(data);
}

}  // namespace

void ListpackBuilder::Append(std::string_view element) {
  const size_t start = elements_.size();
  if (const auto number = ParseInteger(element))
    AppendInteger(elements_, *number);
  else
    AppendBytes(elements_, element);
  AppendBackSize(elements_, elements_.size() - start);
  ++count_;
}

size_t ListpackIntegerSize(int64_t number) {
  const size_t size = number >= 0 && number <= 127        ? 1
                      : number >= -4096 && number <= 4095 ? 2
                                                          : 1 + IntegerDataSize(number);
  return size + BackSizeSize(size);
}

size_t ListpackStringSize(std::string_view element) {
  if (const auto number = ParseInteger(element)) return ListpackIntegerSize(*number);
  const size_t head = element.size() < 64 ? 1 : element.size() < 4096 ? 2 : 5;
  return head + element.size() + BackSizeSize(head + element.size());
}

size_t ListpackBuilder::size() const { return kHeaderSize + elements_.size() + 1; }

std::string ListpackBuilder::Take() {
  std::string bytes;
  bytes.reserve(size());
  AppendLittleEndian(bytes, size(), 4);
  AppendLittleEndian(bytes, count_ < kCountUnknown ? count_ : kCountUnknown, 2);
  bytes += elements_;
  bytes.push_back(kEnd);
  elements_.clear();
  count_ = 0;
  return bytes;
}

Result<std::vector<std::string>> ReadListpack(std::string_view bytes) {
  if (bytes.size() < kHeaderSize + 1 || LittleEndian(bytes.substr(0, 4)) != bytes.size() ||
      bytes.back() != kEnd)
    return Fail("listpack", "wrong size");
  const uint64_t count = LittleEndian(bytes.substr(4, 2));
  const size_t end = bytes.size() - 1;
  std::vector<std::string> elements;
  for (size_t offset = kHeaderSize; offset < end;) {
    auto element = TakeElement(bytes, end, offset);
    if (!element) return Fail("listpack", fmt::format("element {} is damaged", elements.size()));
    elements.push_back(std::move(*element));
  }
  if (count != kCountUnknown && count != elements.size())
    return Fail("listpack", fmt::format("{} elements announced, {} found", count, elements.size()));
  return elements;
}

}  // namespace modcert::engine::rdb
