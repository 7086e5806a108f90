// What all targets read their input as: a stream of typed items, the kinds that a module's value in
// an RDB file is made of. So one mutator that knows items serves them all.
//
// The one idea: any bytes are a stream, and encoding what was decoded gives a stream that decodes
// to the same. So an engine that mutates bytes can always be used as well.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace modcert::fuzz {

struct Item {
  enum class Kind : uint8_t { kSigned, kUnsigned, kFloat, kDouble, kString, kEof };
  static constexpr int kKindCount = 6;

  Kind kind = Kind::kUnsigned;
  uint64_t number = 0;  // kSigned, kUnsigned; the bits of kFloat and kDouble
  std::string text;     // kString

  bool is_number() const { return kind == Kind::kSigned || kind == Kind::kUnsigned; }
  bool operator==(const Item&) const = default;
};

// A byte for the kind; then 7 bits a byte for integers, 4 or 8 bytes for floats, length and bytes
// for strings. What the bytes end within is read as if zeroes followed; a string ends with them.
std::vector<Item> DecodeItems(std::string_view bytes);
std::string EncodeItems(const std::vector<Item>& items);

// Reads a stream from left to right; behind its end come empty items.
class ItemReader {
 public:
  explicit ItemReader(std::vector<Item> items) : items_(std::move(items)) {}
  ItemReader(const uint8_t* data, size_t size)
      : ItemReader(DecodeItems({reinterpret_cast<const char*>(data), size})) {}

  bool at_end() const { return next_ >= items_.size(); }
  Item Next() { return at_end() ? Item() : items_[next_++]; }
  // Any item as a number or a text: so that a target never has to refuse one.
  uint64_t NextNumber();
  std::string NextText();
  // The same up to the first zero byte: what a C string can say.
  std::string NextCText();

 private:
  std::vector<Item> items_;
  size_t next_ = 0;
};

}  // namespace modcert::fuzz
