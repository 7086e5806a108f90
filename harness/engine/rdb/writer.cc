#include "engine/rdb/writer.h"

#include <lzf.h>

#include <bit>
#include <utility>
#include <vector>

#include "base/double_to_text.h"
#include "base/parse_number.h"
#include "engine/rdb/byte_order.h"

namespace modcert::engine::rdb {
namespace {

// Longer strings are not tried as integers: "-2147483648" has eleven bytes.
constexpr size_t kIntegerTextSizeMax = 11;
// LZF is tried from here on.
constexpr size_t kCompressedSizeMin = 21;
// Compression has to save this much.
constexpr size_t kSavingMin = 4;

}  // namespace

std::string Writer::Take() { return std::exchange(bytes_, {}); }

void Writer::WriteLength(uint64_t length) {
  if (length < (1 << 6)) {
    WriteByte(static_cast<uint8_t>(length));
  } else if (length < (1 << 14)) {
    WriteByte(static_cast<uint8_t>(0x40 | (length >> 8)));
    WriteByte(static_cast<uint8_t>(length));
  } else if (length <= UINT32_MAX) {
    WriteByte(0x80);
    AppendBigEndian(bytes_, length, 4);
  } else {
    WriteByte(0x81);
    AppendBigEndian(bytes_, length, 8);
  }
}

void Writer::WriteString(std::string_view string) {
  if (WriteAsInteger(string) || WriteCompressed(string)) return;
  WriteLength(string.size());
  WriteRaw(string);
}

bool Writer::WriteAsInteger(std::string_view string) {
  if (string.size() > kIntegerTextSizeMax) return false;
  const auto number = ParseInteger(string);
  if (!number || *number < INT32_MIN || *number > INT32_MAX) return false;
  const int code = *number == static_cast<int8_t>(*number)    ? 0
                   : *number == static_cast<int16_t>(*number) ? 1
                                                              : 2;
  WriteByte(static_cast<uint8_t>(0xC0 | code));
  AppendLittleEndian(bytes_, static_cast<uint64_t>(*number), 1 << code);
  return true;
}

bool Writer::WriteCompressed(std::string_view string) {
  if (!options_.rdbcompression || string.size() < kCompressedSizeMin) return false;
  if (string.size() > UINT32_MAX) return false;
  std::vector<char> compressed(string.size() - kSavingMin);
  const unsigned size = lzf_compress(string.data(), static_cast<unsigned>(string.size()),
                                     compressed.data(), static_cast<unsigned>(compressed.size()));
  if (size == 0) return false;
  WriteByte(0xC3);
  WriteLength(size);
  WriteLength(string.size());
  WriteRaw({compressed.data(), size});
  return true;
}

void Writer::WriteLittle64(uint64_t number) { AppendLittleEndian(bytes_, number, 8); }

void Writer::WriteBinaryDouble(double number) { WriteLittle64(std::bit_cast<uint64_t>(number)); }

void Writer::SaveUnsigned(uint64_t number) {
  WriteItemOpcode(ItemOpcode::kUnsigned);
  WriteLength(number);
}

void Writer::SaveString(std::string_view bytes) {
  WriteItemOpcode(ItemOpcode::kString);
  WriteString(bytes);
}

void Writer::SaveDouble(double number) {
  WriteItemOpcode(ItemOpcode::kDouble);
  WriteBinaryDouble(number);
}

void Writer::SaveFloat(float number) {
  WriteItemOpcode(ItemOpcode::kFloat);
  AppendLittleEndian(bytes_, std::bit_cast<uint32_t>(number), 4);
}

void Writer::SaveLongDouble(long double number) { SaveString(LongDoubleToHexText(number)); }

}  // namespace modcert::engine::rdb
