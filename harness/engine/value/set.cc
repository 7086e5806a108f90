#include "engine/value/set.h"

#include <algorithm>

#include "base/parse_number.h"
#include "base/require.h"

namespace modcert::engine {
namespace {

// The bytes an intset needs for this number.
int WidthOf(int64_t integer) {
  if (integer >= INT16_MIN && integer <= INT16_MAX) return 2;
  if (integer >= INT32_MIN && integer <= INT32_MAX) return 4;
  return 8;
}

}  // namespace

bool Set::Contains(std::string_view member) const {
  if (!is_intset_) return members_.Contains(member);
  const auto integer = ParseInteger(member);
  return integer && std::binary_search(integers_.begin(), integers_.end(), *integer);
}

bool Set::Add(std::string_view member) {
  if (is_intset_) {
    if (const auto integer = ParseInteger(member)) return AddInteger(*integer);
    ConvertToHashTable();
  }
  return members_.Insert(member, {}).second;
}

bool Set::AddInteger(int64_t integer) {
  const auto place = std::lower_bound(integers_.begin(), integers_.end(), integer);
  if (place != integers_.end() && *place == integer) return false;
  integers_.insert(place, integer);
  WidenIntegers(WidthOf(integer));
  if (std::cmp_greater(integers_.size(), limits_->set_max_intset_entries)) ConvertToHashTable();
  return true;
}

bool Set::Remove(std::string_view member) {
  if (!is_intset_) return members_.Erase(member);
  const auto integer = ParseInteger(member);
  if (!integer) return false;
  const auto place = std::lower_bound(integers_.begin(), integers_.end(), *integer);
  if (place == integers_.end() || *place != *integer) return false;
  integers_.erase(place);
  return true;
}

std::string Set::RandomMember(Random& random) const {
  Require(!empty(), "Set::RandomMember needs a member");
  if (is_intset_) return std::to_string(integers_[random.Below(integers_.size())]);
  return members_.RandomEntry(random)->key;
}

void Set::ForEach(const Visit& visit) const {
  for (const int64_t integer : integers_) visit(std::to_string(integer));
  members_.ForEach([&](const std::string& member, const Nothing&) { visit(member); });
}

std::vector<std::string> Set::Members() const {
  std::vector<std::string> members;
  members.reserve(size());
  ForEach([&](std::string_view member) { members.emplace_back(member); });
  return members;
}

uint64_t Set::Scan(uint64_t cursor, size_t count, const Visit& visit) const {
  if (!is_intset_)
    return members_.Scan(cursor, count,
                         [&](const std::string& member, const Nothing&) { visit(member); });
  ForEach(visit);
  return 0;
}

void Set::ConvertToHashTable() {
  if (!is_intset_) return;
  is_intset_ = false;
  for (const int64_t integer : integers_) members_.Insert(std::to_string(integer), {});
  integers_ = {};
}

}  // namespace modcert::engine
