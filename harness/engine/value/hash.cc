#include "engine/value/hash.h"

#include <utility>

namespace modcert::engine {

bool Hash::Set(std::string_view field, std::string_view value) {
  const auto too_long = [&](std::string_view bytes) {
    return std::cmp_greater(bytes.size(), limits_->hash_max_listpack_value);
  };
  if (too_long(field) || too_long(value)) ConvertToHashTable();
  const bool is_new = fields_.Set(field, std::string(value));
  if (std::cmp_greater(size(), limits_->hash_max_listpack_entries)) ConvertToHashTable();
  return is_new;
}

uint64_t Hash::Scan(uint64_t cursor, size_t count, const Visit& visit) const {
  if (!is_listpack_) return fields_.Scan(cursor, count, visit);
  ForEach(visit);
  return 0;
}

}  // namespace modcert::engine
