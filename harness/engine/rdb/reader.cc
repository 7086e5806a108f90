#include "engine/rdb/reader.h"

#include <fmt/format.h>
#include <lzf.h>

#include <bit>
#include <limits>

#include "base/parse_number.h"
#include "engine/rdb/byte_order.h"

namespace modcert::engine::rdb {

void Reader::Fail(std::string problem) {
  if (failed_) return;
  failed_ = true;
  error_ = {fmt::format("offset {}", offset_), std::move(problem), {}};
}

std::string_view Reader::ReadRaw(uint64_t size) {
  if (size > remaining()) {
    Fail(fmt::format("{} bytes wanted, {} left", size, bytes_.size() - offset_));
    return {};
  }
  const std::string_view raw = bytes_.substr(offset_, size);
  offset_ += size;
  return raw;
}

uint8_t Reader::ReadByte() {
  const std::string_view raw = ReadRaw(1);
  return raw.empty() ? 0 : static_cast<uint8_t>(raw[0]);
}

Reader::Length Reader::ReadLengthOrEncoding() {
  const uint8_t first = ReadByte();
  const uint8_t low_bits = first & 0x3F;
  switch (first >> 6) {
    case 0:
      return {low_bits};
    case 1:
      return {static_cast<uint64_t>(low_bits) << 8 | ReadByte()};
    case 3:
      return {low_bits, true};
    default:
      if (first == 0x80) return {BigEndian(ReadRaw(4))};
      if (first == 0x81) return {BigEndian(ReadRaw(8))};
      Fail(fmt::format("unknown length encoding {:#x}", first));
      return {};
  }
}

uint64_t Reader::ReadLength() {
  // A real server does not mind a string encoding here, and takes its number for the length.
  return ReadLengthOrEncoding().value;
}

std::string Reader::ReadString() {
  const Length length = ReadLengthOrEncoding();
  if (failed_) return {};
  if (!length.is_string_encoding) return std::string(ReadRaw(length.value));
  if (length.value == 3) return ReadCompressed();
  if (length.value > 3) {
    Fail(fmt::format("unknown string encoding {}", length.value));
    return {};
  }
  const std::string_view raw = ReadRaw(uint64_t{1} << length.value);
  return failed_ ? std::string() : std::to_string(SignedLittleEndian(raw));
}

std::string Reader::ReadCompressed() {
  // A match of three bytes stands for at most this many.
  constexpr uint64_t kExpansionMax = 264;

  const uint64_t compressed_size = ReadLength();
  const uint64_t size = ReadLength();
  const std::string_view compressed = ReadRaw(compressed_size);
  if (failed_) return {};
  if (size > compressed.size() * kExpansionMax || size > std::numeric_limits<unsigned>::max() ||
      compressed.size() > std::numeric_limits<unsigned>::max()) {
    Fail(fmt::format("{} compressed bytes cannot stand for {}", compressed.size(), size));
    return {};
  }
  // Nothing is never refused: zero is also how the library says that it failed.
  if (size == 0) return {};
  std::string bytes(size, '\0');
  const unsigned decompressed =
      lzf_decompress(compressed.data(), static_cast<unsigned>(compressed.size()), bytes.data(),
                     static_cast<unsigned>(size));
  if (decompressed != size) {
    Fail("invalid LZF compressed string");
    return {};
  }
  return bytes;
}

uint64_t Reader::ReadLittle64() { return LittleEndian(ReadRaw(8)); }
uint32_t Reader::ReadLittle32() { return static_cast<uint32_t>(LittleEndian(ReadRaw(4))); }
double Reader::ReadBinaryDouble() { return std::bit_cast<double>(ReadLittle64()); }

double Reader::ReadTextDouble() {
  const uint8_t size = ReadByte();
  if (size == 253) return std::numeric_limits<double>::quiet_NaN();
  if (size == 254) return std::numeric_limits<double>::infinity();
  if (size == 255) return -std::numeric_limits<double>::infinity();
  const auto number = ParseDouble(ReadRaw(size));
  if (!number) Fail("a number as text wanted");
  return number.value_or(0);
}

void Reader::ExpectItem(ItemOpcode opcode, std::string_view name) {
  const uint64_t found = ReadLength();
  if (found != static_cast<uint64_t>(opcode))
    Fail(fmt::format("a module item of kind {} wanted, kind {} found", name, found));
}

uint64_t Reader::LoadUnsigned() {
  ExpectItem(ItemOpcode::kUnsigned, "unsigned");
  return ReadLength();
}

std::string Reader::LoadString() {
  ExpectItem(ItemOpcode::kString, "string");
  return ReadString();
}

double Reader::LoadDouble() {
  ExpectItem(ItemOpcode::kDouble, "double");
  return ReadBinaryDouble();
}

float Reader::LoadFloat() {
  ExpectItem(ItemOpcode::kFloat, "float");
  return std::bit_cast<float>(ReadLittle32());
}

long double Reader::LoadLongDouble() {
  const std::string text = LoadString();
  if (failed_) return 0;
  const auto number = ParseLongDouble(text);
  if (!number) Fail("a long double as text wanted");
  return number.value_or(0);
}

void Reader::LoadEnd() { ExpectItem(ItemOpcode::kEof, "end"); }

void Reader::SkipItems() {
  while (!failed_) {
    switch (const uint64_t kind = ReadLength(); static_cast<ItemOpcode>(kind)) {
      case ItemOpcode::kEof:
        return;
      case ItemOpcode::kSigned:
      case ItemOpcode::kUnsigned:
        ReadLength();
        break;
      case ItemOpcode::kFloat:
        ReadLittle32();
        break;
      case ItemOpcode::kDouble:
        ReadLittle64();
        break;
      case ItemOpcode::kString:
        ReadString();
        break;
      default:
        Fail(fmt::format("a module item of unknown kind {}", kind));
    }
  }
}

}  // namespace modcert::engine::rdb
