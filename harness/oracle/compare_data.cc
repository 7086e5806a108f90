#include "oracle/compare_data.h"

#include <map>

#include "base/escape.h"
#include "engine/digest.h"
#include "engine/rdb/dump.h"
#include "fmt/format.h"
#include "module/data_type.h"

namespace modcert::oracle {
namespace {

using engine::Entry;
using engine::KeyPlace;

using SortedKeys = std::map<std::string_view, const Entry*>;

SortedKeys KeysOf(const engine::Db& db) {
  SortedKeys keys;
  db.keys.ForEach([&](const std::string& key, const std::unique_ptr<Entry>& entry) {
    keys.emplace(key, entry.get());
  });
  return keys;
}

std::string DigestOf(const Entry& entry, const KeyPlace& place) {
  return engine::DigestOfValue(entry.value, place, engine::Expires::kNo).ToHex();
}

bool HasDigest(const Entry& entry) {
  const auto* opaque = std::get_if<engine::Opaque>(&entry.value);
  return opaque == nullptr || opaque->type()->has_digest();
}

std::string ModuleOf(const Entry& entry) {
  const auto* opaque = std::get_if<engine::Opaque>(&entry.value);
  if (opaque == nullptr) return {};
  const auto* type = dynamic_cast<const RedisModuleType*>(opaque->type());
  return type ? type->module.name : std::string();
}

std::string TimeToLive(const Entry& entry) {
  return entry.expire_at_ms == engine::kNoExpiry
             ? "no time to live"
             : fmt::format("to live until {}", entry.expire_at_ms);
}

// What is wrong with one key; empty when nothing is.
std::string Problem(const Entry* expected, const Entry* found, const KeyPlace& place,
                    bool& is_certain) {
  is_certain = true;
  if (found == nullptr) return "is missing";
  if (expected == nullptr) return "should not be there";
  if (expected->value.index() != found->value.index())
    return fmt::format("is of type {}, and was of type {}", engine::TypeName(found->value),
                       engine::TypeName(expected->value));
  const std::string before = DigestOf(*expected, place);
  const std::string after = DigestOf(*found, place);
  if (before != after) return fmt::format("had the digest {} and has {}", before, after);
  if (expected->expire_at_ms != found->expire_at_ms)
    return fmt::format("had {} and has {}", TimeToLive(*expected), TimeToLive(*found));
  is_certain = false;
  if (!HasDigest(*expected) &&
      engine::rdb::Dump(expected->value, place) != engine::rdb::Dump(found->value, place))
    return "is saved as other bytes, and its type has no digest that tells whether that matters";
  return {};
}

// Collects what differs: the first of the certain differences counts, then the first of the others.
class Differences {
 public:
  void Compare(int db, const SortedKeys& expected, const SortedKeys& found) {
    std::map<std::string_view, std::pair<const Entry*, const Entry*>> both;
    for (const auto& [key, entry] : expected) both[key].first = entry;
    for (const auto& [key, entry] : found) both[key].second = entry;
    for (const auto& [key, entries] : both) {
      bool is_certain = true;
      std::string problem =
          Problem(entries.first, entries.second, KeyPlace{.key = key, .db = db}, is_certain);
      if (problem.empty()) continue;
      ++count_;
      if (first_ && (first_->is_certain || !is_certain)) continue;
      first_ = {.text = fmt::format("key {} of database {} {}", Quote(key), db, problem),
                .module = ModuleOf(entries.first ? *entries.first : *entries.second),
                .is_certain = is_certain};
    }
  }
  std::optional<DataDifference> Take() {
    if (first_ && count_ > 1)
      first_->text += fmt::format("; and {} more key{}", count_ - 1, count_ == 2 ? "" : "s");
    return std::move(first_);
  }

 private:
  std::optional<DataDifference> first_;
  size_t count_ = 0;
};

}  // namespace

std::optional<DataDifference> CompareData(module::Host& expected, module::Host& found) {
  Differences differences;
  for (int i = 0; i < expected.server.keyspace.db_count(); ++i)
    differences.Compare(i, KeysOf(expected.server.keyspace.db(i)),
                        KeysOf(found.server.keyspace.db(i)));
  return differences.Take();
}

}  // namespace modcert::oracle
