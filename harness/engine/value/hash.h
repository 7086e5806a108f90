// A Redis hash: fields in order of insertion, with the encoding that a real server would have.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/value/encoding_limits.h"
#include "engine/value/ordered_dict.h"

namespace modcert::engine {

class Hash {
 public:
  explicit Hash(const EncodingLimits* limits) : limits_(limits) {}

  size_t size() const { return fields_.size(); }
  bool empty() const { return fields_.empty(); }
  bool Contains(std::string_view field) const { return fields_.Contains(field); }
  // The value, or null. Lives until the next change of this hash.
  const std::string* Get(std::string_view field) const { return fields_.Find(field); }
  // Returns whether the field is new.
  bool Set(std::string_view field, std::string_view value);
  // Returns whether the field was there.
  bool Remove(std::string_view field) { return fields_.Erase(field); }

  using Visit = std::function<void(const std::string& field, const std::string& value)>;
  void ForEach(const Visit& visit) const { fields_.ForEach(visit); }
  // Never null when the hash is not empty.
  const OrderedDict<std::string>::Entry* RandomField(Random& random) const {
    return fields_.RandomEntry(random);
  }
  // A listpack is visited whole, as a real server does; see OrderedDict::Scan.
  uint64_t Scan(uint64_t cursor, size_t count, const Visit& visit) const;

  // "listpack" or "hashtable"; one-way.
  std::string_view encoding() const { return is_listpack_ ? "listpack" : "hashtable"; }
  void ConvertToHashTable() { is_listpack_ = false; }
  // For the RDB loader, which fills a listpack whatever its limits: other limits from now on.
  void UseLimits(const EncodingLimits* limits) { limits_ = limits; }

 private:
  const EncodingLimits* limits_;
  bool is_listpack_ = true;
  OrderedDict<std::string> fields_;
};

}  // namespace modcert::engine
