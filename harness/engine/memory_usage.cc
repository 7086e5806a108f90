#include "engine/memory_usage.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "base/double_to_text.h"
#include "base/parse_number.h"
#include "engine/keyspace.h"
#include "engine/rdb/listpack.h"
#include "engine/value/radix_tree_shape.h"

namespace modcert::engine {
namespace {

// Bytes of the server's structures (LP64).
constexpr size_t kObject = 16;
constexpr size_t kDictEntry = 24;
constexpr size_t kDict = 56;
constexpr size_t kQuicklist = 40;
constexpr size_t kQuicklistNode = 40;
constexpr size_t kSkiplistHeads = 16 + 32;        // the pair of indexes, and the list
constexpr size_t kSkiplistHeader = 24 + 32 * 16;  // a node of all 32 levels
constexpr size_t kSkiplistNode = 24 + 16;         // a node of one level
constexpr size_t kQuicklistNodeMax = 8192;        // list-max-listpack-size -2

// What jemalloc gives for a request: 8, multiples of 16 up to 128, then four classes per doubling.
size_t SizeClass(size_t size) {
  if (size <= 8) return 8;
  if (size <= 128) return (size + 15) / 16 * 16;
  const size_t group = std::bit_ceil(size) / 8;
  return (size + group - 1) / group * group;
}

// A string with its header, which grows with the length.
size_t SdsSize(std::string_view bytes) {
  const size_t size = bytes.size();
  const size_t header = size < 32 && size > 0 ? 1 : size < (1 << 8) ? 3 : size < (1 << 16) ? 5 : 9;
  return SizeClass(header + size + 1);
}

// A string in one block with its object.
size_t EmbeddedSize(size_t size) {
  constexpr size_t kHeader = 3;
  return SizeClass(kObject + kHeader + size + 1);
}

size_t DictSize(size_t entries) {
  return kDict + sizeof(void*) * std::max<size_t>(4, std::bit_ceil(entries));
}

// Adds up the first elements and scales the sum to all of them.
class Sampler {
 public:
  Sampler(size_t total, size_t samples) : total_(total), wanted_(samples ? samples : total) {}
  bool wants_more() const { return taken_ < wanted_; }
  void Add(size_t size) {
    sum_ += size;
    ++taken_;
  }
  size_t Total() const { return taken_ ? sum_ * total_ / taken_ : 0; }

 private:
  size_t total_;
  size_t wanted_;
  size_t taken_ = 0;
  size_t sum_ = 0;
};

struct SizeOf {
  const KeyPlace& place;
  size_t samples;

  size_t operator()(const String& string) const {
    const std::string_view encoding = string.encoding();
    if (encoding == "int") return kObject;
    return encoding == "embstr" ? EmbeddedSize(string.size()) : kObject + SdsSize(string.bytes());
  }

  size_t operator()(const List& list) const {
    size_t nodes = 0;
    size_t bytes = 0;
    rdb::ListpackBuilder node;
    const auto finish = [&] {
      bytes += SizeClass(node.size());
      node.Take();
      ++nodes;
    };
    for (size_t i = 0; i < list.size(); ++i) {
      if (node.count() > 0 && node.size() + list.at(i).size() > kQuicklistNodeMax) finish();
      node.Append(list.at(i));
    }
    if (node.count() > 0) finish();
    return kObject + kQuicklist + nodes * kQuicklistNode + bytes;
  }

  size_t operator()(const Set& set) const {
    if (set.encoding() == "intset") return kObject + IntsetSize(set);
    Sampler sampler(set.size(), samples);
    set.ForEach([&](std::string_view member) {
      if (sampler.wants_more()) sampler.Add(SdsSize(member) + kDictEntry);
    });
    return kObject + DictSize(set.size()) + sampler.Total();
  }

  size_t operator()(const Hash& hash) const {
    if (hash.encoding() == "listpack") {
      rdb::ListpackBuilder listpack;
      hash.ForEach([&](const std::string& field, const std::string& value) {
        listpack.Append(field);
        listpack.Append(value);
      });
      return kObject + SizeClass(listpack.size());
    }
    Sampler sampler(hash.size(), samples);
    hash.ForEach([&](const std::string& field, const std::string& value) {
      if (sampler.wants_more()) sampler.Add(SdsSize(field) + SdsSize(value) + kDictEntry);
    });
    return kObject + DictSize(hash.size()) + sampler.Total();
  }

  size_t operator()(const ZSet& zset) const {
    if (zset.encoding() == "listpack") {
      rdb::ListpackBuilder listpack;
      zset.ForEach(0, zset.size(), [&](const ZSet::Item& item) {
        listpack.Append(item.member);
        listpack.Append(DoubleToText(item.score));
      });
      return kObject + SizeClass(listpack.size());
    }
    Sampler sampler(zset.size(), samples);
    zset.ForEach(0, zset.size(), [&](const ZSet::Item& item) {
      if (sampler.wants_more())
        sampler.Add(SdsSize(item.member) + kDictEntry + SizeClass(kSkiplistNode));
    });
    return kObject + kSkiplistHeads + DictSize(zset.size()) + SizeClass(kSkiplistHeader) +
           sampler.Total();
  }

  size_t operator()(const Stream& stream) const { return kObject + StreamSize(stream); }

  size_t operator()(const Opaque& opaque) const {
    return opaque.type()->MemoryUsage(place, opaque.value(), samples);
  }

  // What a real server reckons for a radix tree: so much for each key and each node.
  static size_t RadixTreeSize(size_t keys, size_t nodes) {
    constexpr size_t kKey = 16;
    constexpr size_t kNode = 4 + 30 * sizeof(long);
    return keys * kKey + nodes * kNode;
  }

  template <typename Ids>
  static size_t RadixTreeOf(const Ids& ids) {
    return RadixTreeSize(ids.size(), RadixTreeNodeCount(RadixTreeKeys(ids)));
  }

  // The first listpacks stand for all of them but the last.
  size_t StreamNodesSize(const Stream& stream) const {
    const size_t count = stream.nodes().size();
    size_t sum = 0;
    size_t taken = 0;
    for (const auto& [id, node] : stream.nodes()) {
      if (samples != 0 && taken == samples) break;
      sum += SizeClass(node.allocated_bytes);
      ++taken;
    }
    if (count <= taken) return sum;
    return sum / taken * (count - 1) + SizeClass(stream.nodes().rbegin()->second.allocated_bytes);
  }

  size_t StreamSize(const Stream& stream) const {
    constexpr size_t kStream = 80;
    constexpr size_t kGroup = 40;
    constexpr size_t kConsumer = 24;
    constexpr size_t kPending = 24;
    size_t size = kStream + RadixTreeOf(stream.nodes()) + StreamNodesSize(stream);
    if (stream.groups().empty()) return size;
    size += RadixTreeOf(stream.groups());
    for (const auto& [name, group] : stream.groups()) {
      size += kGroup + RadixTreeOf(group.pending()) + kPending * group.pending().size();
      for (const auto& [consumer_name, consumer] : group.consumers())
        size += kConsumer + consumer_name.size() + RadixTreeOf(consumer.pending);
    }
    return size;
  }

  static size_t IntsetSize(const Set& set) {
    size_t width = 2;
    set.ForEach([&](std::string_view member) {
      const int64_t number = *ParseInteger(member);
      if (number != static_cast<int32_t>(number))
        width = 8;
      else if (number != static_cast<int16_t>(number))
        width = std::max<size_t>(width, 4);
    });
    constexpr size_t kHeader = 8;
    return SizeClass(kHeader + width * set.size());
  }
};

}  // namespace

size_t StringObjectSize(std::string_view bytes) {
  constexpr size_t kEmbeddedMax = 44;
  return bytes.size() <= kEmbeddedMax ? EmbeddedSize(bytes.size()) : kObject + SdsSize(bytes);
}

int64_t UsedMemory(const Keyspace& keyspace) {
  int64_t used = 876288;  // used_memory_startup of Debian's server
  for (int i = 0; i < keyspace.db_count(); ++i) {
    keyspace.db(i).keys.ForEach([&](const std::string& key, const auto& entry) {
      constexpr size_t kSamples = 5;
      used += static_cast<int64_t>(MemoryUsage(entry->value, {key, i}, kSamples));
    });
  }
  return used;
}

size_t MemoryUsage(const Value& value, const KeyPlace& place, size_t samples) {
  return SdsSize(place.key) + kDictEntry + std::visit(SizeOf{place, samples}, value);
}

}  // namespace modcert::engine
