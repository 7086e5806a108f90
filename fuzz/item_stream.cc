#include "item_stream.h"

#include <algorithm>

namespace modcert::fuzz {
namespace {

// Takes bytes from the front.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}
  bool empty() const { return rest_.empty(); }
  uint8_t Byte() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  uint64_t SevenBitNumber() {
    uint64_t number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const uint8_t byte = Byte();
      number |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (!(byte & 0x80)) break;
    }
    return number;
  }
  uint64_t Fixed(int size) {
    uint64_t number = 0;
    for (int i = 0; i < size; ++i) number |= static_cast<uint64_t>(Byte()) << 8 * i;
    return number;
  }
  std::string Text() {
    const uint64_t wanted = SevenBitNumber();  // first: it moves on in rest_
    const size_t size = std::min<uint64_t>(wanted, rest_.size());
    std::string text(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return text;
  }

 private:
  std::string_view rest_;
};

void AppendSevenBitNumber(uint64_t number, std::string& out) {
  for (; number >= 0x80; number >>= 7) out.push_back(static_cast<char>(number | 0x80));
  out.push_back(static_cast<char>(number));
}

void AppendFixed(uint64_t number, int size, std::string& out) {
  for (int i = 0; i < size; ++i) out.push_back(static_cast<char>(number >> 8 * i));
}

// Small negative numbers are small as well.
uint64_t ZigZag(uint64_t number) { return number << 1 ^ (0 - (number >> 63)); }
uint64_t UnZigZag(uint64_t number) { return number >> 1 ^ (0 - (number & 1)); }

Item DecodeItem(Bytes& bytes) {
  Item item{.kind = static_cast<Item::Kind>(bytes.Byte() % Item::kKindCount), .text = {}};
  switch (item.kind) {
    case Item::Kind::kSigned:
      item.number = UnZigZag(bytes.SevenBitNumber());
      break;
    case Item::Kind::kUnsigned:
      item.number = bytes.SevenBitNumber();
      break;
    case Item::Kind::kFloat:
      item.number = bytes.Fixed(4);
      break;
    case Item::Kind::kDouble:
      item.number = bytes.Fixed(8);
      break;
    case Item::Kind::kString:
      item.text = bytes.Text();
      break;
    case Item::Kind::kEof:
      break;
  }
  return item;
}

}  // namespace

std::vector<Item> DecodeItems(std::string_view bytes) {
  std::vector<Item> items;
  for (Bytes rest(bytes); !rest.empty();) items.push_back(DecodeItem(rest));
  return items;
}

std::string EncodeItems(const std::vector<Item>& items) {
  std::string out;
  for (const Item& item : items) {
    out.push_back(static_cast<char>(item.kind));
    switch (item.kind) {
      case Item::Kind::kSigned:
        AppendSevenBitNumber(ZigZag(item.number), out);
        break;
      case Item::Kind::kUnsigned:
        AppendSevenBitNumber(item.number, out);
        break;
      case Item::Kind::kFloat:
        AppendFixed(item.number, 4, out);
        break;
      case Item::Kind::kDouble:
        AppendFixed(item.number, 8, out);
        break;
      case Item::Kind::kString:
        AppendSevenBitNumber(item.text.size(), out);
        out += item.text;
        break;
      case Item::Kind::kEof:
        break;
    }
  }
  return out;
}

uint64_t ItemReader::NextNumber() {
  const Item item = Next();
  return item.kind == Item::Kind::kString ? item.text.size() : item.number;
}

std::string ItemReader::NextText() {
  Item item = Next();
  if (item.kind == Item::Kind::kString) return std::move(item.text);
  return std::to_string(static_cast<int64_t>(item.number));
}

std::string ItemReader::NextCText() {
  std::string text = NextText();
  return text.substr(0, text.find('\0'));
}

}  // namespace modcert::fuzz
