// A Redis hash: fields in order of insertion, with the encoding that a real server would have.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
  const std::string* Get(std::string_view field) const {
    if (!borrowed_.empty()) ReadBorrowed();
    return fields_.Find(field);
  }
  // Returns whether the field is new. Its time to live goes.
  bool Set(std::string_view field, std::string_view value);
  // The same, but the time to live stays.
  bool SetKeepingExpiry(std::string_view field, std::string_view value);
  // Returns whether the field was there.
  bool Remove(std::string_view field);

  // ---- The time to live of single fields, which servers have since Redis 7.4 and Valkey 9.0. Who
  // sets one tells the keyspace. Files in the format of 7.0, which ours are, do not hold it.
  std::optional<int64_t> ExpiryOf(std::string_view field) const;
  // The field must be there.
  void SetExpiry(std::string_view field, int64_t at_ms);
  // Returns whether it had one.
  bool RemoveExpiry(std::string_view field);
  std::optional<int64_t> MinExpiry() const;
  bool IsExpired(std::string_view field, int64_t now_ms) const;
  // Takes out the fields whose time has passed, and names them.
  std::vector<std::string> RemoveExpired(int64_t now_ms);

  // ---- Values that stay where a module has them (Valkey 9.1): what stands there when the field is
  // read is its value. The field must be there; its time to live stays. Set and Remove end it.
  void Borrow(std::string_view field, std::string_view bytes);
  bool Borrows(std::string_view field) const { return borrowed_.contains(field); }
  // Each value becomes the hash's own, as it is now.
  void OwnAll();

  using Visit = std::function<void(const std::string& field, const std::string& value)>;
  void ForEach(const Visit& visit) const;
  // Never null when the hash is not empty.
  const OrderedDict<std::string>::Entry* RandomField(Random& random) const;
  // A listpack is visited whole, as a real server does; see OrderedDict::Scan.
  uint64_t Scan(uint64_t cursor, size_t count, const Visit& visit) const;

  // "listpack" or "hashtable"; one-way.
  std::string_view encoding() const { return is_listpack_ ? "listpack" : "hashtable"; }
  void ConvertToHashTable() { is_listpack_ = false; }
  // For the RDB loader, which fills a listpack whatever its limits: other limits from now on.
  void UseLimits(const EncodingLimits* limits) { limits_ = limits; }

 private:
  void ReadBorrowed() const;

  const EncodingLimits* limits_;
  bool is_listpack_ = true;
  mutable OrderedDict<std::string> fields_;  // values that are borrowed are copied as they are read
  std::map<std::string, std::string_view, std::less<>> borrowed_;
  std::map<std::string, int64_t, std::less<>> expiries_;        // of the fields that have one
  std::set<std::pair<int64_t, std::string>> expiries_by_time_;  // the same
};

}  // namespace modcert::engine
