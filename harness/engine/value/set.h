// A Redis set: an intset while it holds few integers, a hash table from then on.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/value/encoding_limits.h"
#include "engine/value/ordered_dict.h"

namespace modcert::engine {

// An intset lists its members in ascending order; a hash table in order of insertion (a real server
// in an order that nobody may rely on). The way from intset to hash table is one-way.
class Set {
 public:
  explicit Set(const EncodingLimits* limits) : limits_(limits) {}

  size_t size() const { return is_intset_ ? integers_.size() : members_.size(); }
  bool empty() const { return size() == 0; }
  bool Contains(std::string_view member) const;
  // Returns whether the member is new.
  bool Add(std::string_view member);
  // Returns whether the member was there.
  bool Remove(std::string_view member);
  std::string RandomMember(Random& random) const;  // the set must not be empty
  using Visit = std::function<void(std::string_view member)>;
  void ForEach(const Visit& visit) const;
  std::vector<std::string> Members() const;
  // An intset is visited whole, as a real server does; see OrderedDict::Scan.
  uint64_t Scan(uint64_t cursor, size_t count, const Visit& visit) const;

  // "intset" or "hashtable".
  std::string_view encoding() const { return is_intset_ ? "intset" : "hashtable"; }
  void ConvertToHashTable();

  // For the RDB codec: the integers of an intset, ascending, and how many bytes each takes there.
  // The width is 2, 4 or 8 and never shrinks, even when the number that needed it has left.
  const std::vector<int64_t>& integers() const { return integers_; }
  int integer_width() const { return integer_width_; }
  // For the RDB loader: an intset that was saved wider than its numbers ask stays as wide.
  void WidenIntegers(int width) { integer_width_ = std::max(integer_width_, width); }

 private:
  struct Nothing {};

  bool AddInteger(int64_t integer);

  const EncodingLimits* limits_;
  bool is_intset_ = true;
  std::vector<int64_t> integers_;  // ascending
  int integer_width_ = 2;
  OrderedDict<Nothing> members_;
};

}  // namespace modcert::engine
