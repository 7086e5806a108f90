#include "engine/value/radix_tree_shape.h"

#include <algorithm>

namespace modcert::engine {
namespace {

// The bytes behind `depth` that all keys have in common; keys are sorted, so two of them decide.
size_t CommonSize(std::span<const std::string> keys, size_t depth) {
  const std::string& first = keys.front();
  const std::string& last = keys.back();
  size_t size = 0;
  while (depth + size < std::min(first.size(), last.size()) &&
         first[depth + size] == last[depth + size])
    ++size;
  return size;
}

// Nodes at and below the place that keys with the same first `depth` bytes share.
size_t CountBelow(std::span<const std::string> keys, size_t depth) {
  size_t count = 0;
  for (;;) {
    ++count;  // the node at this place
    if (keys.front().size() == depth) keys = keys.subspan(1);
    if (keys.empty()) return count;
    const size_t common = CommonSize(keys, depth);
    if (common == 0) break;
    depth += common;  // one node for all of them, and the next place
  }
  for (size_t start = 0; start < keys.size();) {
    size_t end = start + 1;
    while (end < keys.size() && keys[end][depth] == keys[start][depth]) ++end;
    count += CountBelow(keys.subspan(start, end - start), depth + 1);
    start = end;
  }
  return count;
}

}  // namespace

std::string RadixTreeKey(const StreamId& id) {
  std::string bytes;
  for (const uint64_t half : {id.ms, id.seq})
    for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(half >> shift));
  return bytes;
}

size_t RadixTreeNodeCount(std::span<const std::string> keys) {
  return keys.empty() ? 1 : CountBelow(keys, 0);
}

}  // namespace modcert::engine
