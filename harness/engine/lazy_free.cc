#include "engine/lazy_free.h"

#include <limits>

#include "engine/value/radix_tree_shape.h"

namespace modcert::engine {
namespace {

constexpr size_t kEffortMax = 64;  // up to here a value is freed at once
constexpr size_t kWithoutBounds = std::numeric_limits<size_t>::max();

// How many allocations a value has, roughly.
struct EffortOf {
  const KeyPlace& place;

  size_t operator()(const String&) const { return 1; }
  // A list counts its nodes, of 8 kB.
  size_t operator()(const List& list) const {
    constexpr size_t kNodeSize = 8192;
    size_t bytes = 0;
    for (size_t i = 0; i < list.size(); ++i) bytes += list.at(i).size();
    return 1 + bytes / kNodeSize;
  }
  size_t operator()(const Set& set) const { return set.encoding() == "intset" ? 1 : set.size(); }
  size_t operator()(const Hash& hash) const {
    return hash.encoding() == "listpack" ? 1 : hash.size();
  }
  size_t operator()(const ZSet& zset) const {
    return zset.encoding() == "listpack" ? 1 : zset.size();
  }
  // All groups are taken to be like the first one.
  size_t operator()(const Stream& stream) const {
    const size_t effort = RadixTreeNodeCount(RadixTreeKeys(stream.nodes()));
    if (stream.groups().empty()) return effort;
    const size_t pending = stream.groups().begin()->second.pending().size();
    return effort + stream.groups().size() * (1 + pending);
  }
  size_t operator()(const Opaque& opaque) const {
    return opaque.type()->FreeEffort(place, opaque.value());
  }
};

// type.lazy-when-large: an effort of 0 asks for the background in any case.
size_t Bounded(size_t effort) { return effort == 0 ? kWithoutBounds : effort; }

}  // namespace

bool IsFreedLazily(const Entry& entry, const KeyPlace& place) {
  bool is_large = Bounded(std::visit(EffortOf{place}, entry.value)) > kEffortMax;
  if (entry.metadata)
    entry.metadata->ForEach([&](const KeyMetaClass& owner, uint64_t& meta) {
      is_large |= Bounded(owner.FreeEffort(place, meta)) > kEffortMax;
    });
  return is_large;
}

}  // namespace modcert::engine
