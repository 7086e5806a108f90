#include "engine/value/list.h"

#include <cstddef>

#include "base/require.h"

namespace modcert::engine {

void List::Push(End end, std::string_view item) {
  if (end == End::kHead)
    items_.emplace_front(item);
  else
    items_.emplace_back(item);
}

std::string List::Pop(End end) {
  Require(!items_.empty(), "List::Pop needs an item");
  std::string item;
  if (end == End::kHead) {
    item = std::move(items_.front());
    items_.pop_front();
  } else {
    item = std::move(items_.back());
    items_.pop_back();
  }
  return item;
}

void List::InsertAt(size_t index, std::string_view item) {
  Require(index <= items_.size(), "List::InsertAt: index past the end");
  items_.emplace(items_.begin() + static_cast<ptrdiff_t>(index), item);
}

void List::EraseAt(size_t index) {
  Require(index < items_.size(), "List::EraseAt: index past the end");
  items_.erase(items_.begin() + static_cast<ptrdiff_t>(index));
}

void List::Trim(size_t first, size_t count) {
  Require(first <= items_.size() && count <= items_.size() - first, "List::Trim: not clamped");
  items_.erase(items_.begin() + static_cast<ptrdiff_t>(first + count), items_.end());
  items_.erase(items_.begin(), items_.begin() + static_cast<ptrdiff_t>(first));
}

}  // namespace modcert::engine
