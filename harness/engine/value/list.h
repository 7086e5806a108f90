// A Redis list. In 7.0 every list is a quicklist, so there is one encoding.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace modcert::engine {

class List {
 public:
  enum class End { kHead, kTail };

  size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  const std::string& at(size_t index) const { return items_[index]; }

  void Push(End end, std::string_view item);
  // Takes the item off that end; the list must not be empty.
  std::string Pop(End end);
  void SetAt(size_t index, std::string_view item) { items_[index] = item; }
  // Inserts so that the item stands at `index`; `index` may be size().
  void InsertAt(size_t index, std::string_view item);
  void EraseAt(size_t index);
  // Keeps `count` items from `first` on; both already clamped to the list.
  void Trim(size_t first, size_t count);

  std::string_view encoding() const { return "quicklist"; }

 private:
  std::deque<std::string> items_;
};

}  // namespace modcert::engine
