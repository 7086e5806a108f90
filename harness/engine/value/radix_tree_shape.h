// The shape that a real server's radix tree has for given keys. XINFO STREAM tells the number of
// its nodes, and MEMORY USAGE counts with it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/value/stream_id.h"

namespace modcert::engine {

// A node stands for one byte at which keys part, or for all the bytes up to the next such place or
// end of a key; and each last place of all is a node, too. `keys` are sorted and differ.
size_t RadixTreeNodeCount(std::span<const std::string> keys);

// The keys of a map or set as a radix tree has them: a stream's id as 16 bytes, text as it is.
std::string RadixTreeKey(const StreamId& id);
inline std::string RadixTreeKey(std::string_view text) { return std::string(text); }
template <typename Value>
std::string RadixTreeKey(const std::pair<const StreamId, Value>& item) {
  return RadixTreeKey(item.first);
}
template <typename Value>
std::string RadixTreeKey(const std::pair<const std::string, Value>& item) {
  return RadixTreeKey(std::string_view(item.first));
}
template <typename Items>
std::vector<std::string> RadixTreeKeys(const Items& items) {
  std::vector<std::string> keys;
  keys.reserve(items.size());
  for (const auto& item : items) keys.push_back(RadixTreeKey(item));
  return keys;
}

}  // namespace modcert::engine
