// Listpacks: many short strings or integers in one run of bytes. Redis 7.0 keeps small hashes and
// sorted sets and the nodes of lists in them, and saves them as they are.
//
//   total bytes (4), elements (2; 65535: unknown), elements, 0xFF
//
// Each element is an encoding byte with its data, then its own size, so that it can be walked
// backwards.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace modcert::engine::rdb {

// Builds the bytes of one listpack.
class ListpackBuilder {
 public:
  // An element that is a number in its canonical spelling is stored as one.
  void Append(std::string_view element);
  size_t count() const { return count_; }
  // The bytes of the listpack if it ended here.
  size_t size() const;
  // The finished listpack; the builder starts again.
  std::string Take();

 private:
  std::string elements_;
  size_t count_ = 0;
};

// What Append adds to the size for such an element.
size_t ListpackStringSize(std::string_view element);
size_t ListpackIntegerSize(int64_t number);

// All elements, integers as text. Every size is checked, forwards and backwards.
Result<std::vector<std::string>> ReadListpack(std::string_view bytes);

}  // namespace modcert::engine::rdb
