#include "engine/value/hash.h"

#include <utility>

namespace modcert::engine {

bool Hash::Set(std::string_view field, std::string_view value) {
  RemoveExpiry(field);
  return SetKeepingExpiry(field, value);
}

bool Hash::SetKeepingExpiry(std::string_view field, std::string_view value) {
  const auto too_long = [&](std::string_view bytes) {
    return std::cmp_greater(bytes.size(), limits_->hash_max_listpack_value);
  };
  if (too_long(field) || too_long(value)) ConvertToHashTable();
  if (const auto it = borrowed_.find(field); it != borrowed_.end()) borrowed_.erase(it);
  const bool is_new = fields_.Set(field, std::string(value));
  if (std::cmp_greater(size(), limits_->hash_max_listpack_entries)) ConvertToHashTable();
  return is_new;
}

bool Hash::Remove(std::string_view field) {
  RemoveExpiry(field);
  if (const auto it = borrowed_.find(field); it != borrowed_.end()) borrowed_.erase(it);
  return fields_.Erase(field);
}

std::optional<int64_t> Hash::ExpiryOf(std::string_view field) const {
  const auto it = expiries_.find(field);
  return it == expiries_.end() ? std::nullopt : std::optional(it->second);
}

void Hash::SetExpiry(std::string_view field, int64_t at_ms) {
  RemoveExpiry(field);
  expiries_.emplace(field, at_ms);
  expiries_by_time_.emplace(at_ms, field);
}

bool Hash::RemoveExpiry(std::string_view field) {
  const auto it = expiries_.find(field);
  if (it == expiries_.end()) return false;
  expiries_by_time_.erase({it->second, it->first});
  expiries_.erase(it);
  return true;
}

std::optional<int64_t> Hash::MinExpiry() const {
  if (expiries_by_time_.empty()) return std::nullopt;
  return expiries_by_time_.begin()->first;
}

bool Hash::IsExpired(std::string_view field, int64_t now_ms) const {
  const std::optional<int64_t> at_ms = ExpiryOf(field);
  return at_ms && *at_ms < now_ms;
}

std::vector<std::string> Hash::RemoveExpired(int64_t now_ms) {
  std::vector<std::string> expired;
  while (!expiries_by_time_.empty() && expiries_by_time_.begin()->first < now_ms) {
    expired.push_back(expiries_by_time_.begin()->second);
    Remove(expired.back());
  }
  return expired;
}

void Hash::Borrow(std::string_view field, std::string_view bytes) {
  ConvertToHashTable();
  borrowed_.insert_or_assign(std::string(field), bytes);
}

void Hash::OwnAll() {
  ReadBorrowed();
  borrowed_.clear();
}

void Hash::ReadBorrowed() const {
  for (const auto& [field, bytes] : borrowed_) fields_.Set(field, std::string(bytes));
}

void Hash::ForEach(const Visit& visit) const {
  ReadBorrowed();
  fields_.ForEach(visit);
}

const OrderedDict<std::string>::Entry* Hash::RandomField(Random& random) const {
  ReadBorrowed();
  return fields_.RandomEntry(random);
}

uint64_t Hash::Scan(uint64_t cursor, size_t count, const Visit& visit) const {
  ReadBorrowed();
  if (!is_listpack_) return fields_.Scan(cursor, count, visit);
  ForEach(visit);
  return 0;
}

}  // namespace modcert::engine
