// SORT and SORT_RO.
//
// The elements are taken out, given a weight (themselves, or what a BY pattern leads to), put in
// order, cut to LIMIT and shown through the GET patterns.

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "engine/cluster.h"
#include "engine/command_call.h"
#include "engine/commands/tables.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

struct SortOptions {
  bool descending = false;
  bool alpha = false;
  bool sorted = true;  // BY a pattern without '*' leaves the elements as they are
  int64_t offset = 0;
  int64_t count = -1;  // negative: all
  std::optional<std::string> by;
  std::vector<std::string> get;
  std::optional<std::string> store;
};

enum class AllowStore { kNo, kYes };

// One option with what belongs to it; false for a syntax error. Moves `i` to its last word.
bool ParseSortOption(const CommandCall& call, AllowStore allow_store, int& i,
                     SortOptions& options) {
  const int left = call.argc() - i - 1;
  if (call.ArgIs(i, "ASC")) {
    options.descending = false;
  } else if (call.ArgIs(i, "DESC")) {
    options.descending = true;
  } else if (call.ArgIs(i, "ALPHA")) {
    options.alpha = true;
  } else if (call.ArgIs(i, "STORE") && left >= 1 && allow_store == AllowStore::kYes) {
    options.store = call.arg(++i);
  } else if (call.ArgIs(i, "BY") && left >= 1) {
    options.by = call.arg(++i);
    if (options.by->find('*') == std::string::npos) options.sorted = false;
  } else if (call.ArgIs(i, "GET") && left >= 1) {
    options.get.push_back(call.arg(++i));
  } else {
    return false;
  }
  return true;
}

// In a cluster nothing can be looked up: what a pattern leads to may be on another node.
std::optional<Reply> RefusalInCluster(const CommandCall& call, const SortOptions& options) {
  if (!call.server.cluster) return std::nullopt;
  if (options.by && options.sorted)
    return Reply::Error("ERR BY option of SORT denied in Cluster mode.");
  if (!options.get.empty()) return Reply::Error("ERR GET option of SORT denied in Cluster mode.");
  return std::nullopt;
}

// Fills `options`; the error to answer with, or nothing.
std::optional<Reply> ParseSortOptions(const CommandCall& call, AllowStore allow_store,
                                      SortOptions& options) {
  for (int i = 2; i < call.argc(); ++i) {
    if (call.ArgIs(i, "LIMIT") && i + 2 < call.argc()) {
      const auto offset = call.IntegerArg(++i);
      if (!offset) return offset.error();
      const auto count = call.IntegerArg(++i);
      if (!count) return count.error();
      options.offset = *offset;
      options.count = *count;
    } else if (!ParseSortOption(call, allow_store, i, options)) {
      return Reply::SyntaxError();
    }
  }
  return RefusalInCluster(call, options);
}

// The elements of a list, set or sorted set; nothing when the value is of another type. The order
// matters when they are not sorted: a sorted set then honours DESC.
std::optional<std::vector<std::string>> Elements(Value& value, const SortOptions& options) {
  std::vector<std::string> elements;
  if (const List* list = std::get_if<List>(&value)) {
    for (size_t i = 0; i < list->size(); ++i) elements.push_back(list->at(i));
  } else if (const Set* set = std::get_if<Set>(&value)) {
    elements = set->Members();
  } else if (ZSet* zset = std::get_if<ZSet>(&value)) {
    zset->ConvertToSkipList();  // sorting leaves this trace, even SORT_RO
    zset->ForEach(0, zset->size(),
                  [&](const ZSet::Item& item) { elements.push_back(item.member); });
    if (!options.sorted && options.descending) std::reverse(elements.begin(), elements.end());
  } else {
    return std::nullopt;
  }
  return elements;
}

// What a pattern such as "weight_*" or "object_*->field" leads to for one element.
std::optional<std::string> LookUp(CommandCall& call, const std::string& pattern,
                                  const std::string& element) {
  if (pattern == "#") return element;
  const size_t star = pattern.find('*');
  if (star == std::string::npos) return std::nullopt;
  const size_t arrow = pattern.find("->", star + 1);
  const bool has_field = arrow != std::string::npos && arrow + 2 < pattern.size();
  const size_t key_end = has_field ? arrow : pattern.size();
  const std::string key =
      pattern.substr(0, star) + element + pattern.substr(star + 1, key_end - star - 1);

  const Entry* entry = call.keyspace().FindForRead(call.client.db, key);
  if (!entry) return std::nullopt;
  if (has_field) {
    const Hash* hash = std::get_if<Hash>(&entry->value);
    const std::string* field = hash ? hash->Get(pattern.substr(arrow + 2)) : nullptr;
    return field ? std::optional(*field) : std::nullopt;
  }
  const String* string = std::get_if<String>(&entry->value);
  return string ? std::optional(string->bytes()) : std::nullopt;
}

struct Weighted {
  std::string element;
  std::optional<std::string> text;  // ALPHA: absent sorts before everything
  double number = 0;                // otherwise; absent counts as 0
};

// A number as C's strtod reads it: white space in front is fine, the empty text is 0.
std::optional<double> WeightNumber(const std::string& text) {
  char* end = nullptr;
  errno = 0;
  const double number = std::strtod(text.c_str(), &end);
  if (*end != '\0' || errno == ERANGE || std::isnan(number)) return std::nullopt;
  return number;
}

// Gives each element its weight; false when one is needed as a number and is none.
bool Weigh(CommandCall& call, const SortOptions& options, std::vector<Weighted>& items) {
  bool all_numbers = true;
  for (Weighted& item : items) {
    item.text = options.by ? LookUp(call, *options.by, item.element) : item.element;
    if (options.alpha || !item.text) continue;
    const std::optional<double> number = WeightNumber(*item.text);
    if (!number) all_numbers = false;
    item.number = number.value_or(0);
  }
  return all_numbers;
}

// Compares as the locale "C" does, which sees the bytes up to a zero; what is stored is compared
// whole, so that every server stores the same.
int CompareText(const std::string& a, const std::string& b, const SortOptions& options) {
  return options.store ? a.compare(b) : std::strcmp(a.c_str(), b.c_str());
}

int Compare(const Weighted& a, const Weighted& b, const SortOptions& options) {
  if (!options.alpha) {
    if (a.number != b.number) return a.number < b.number ? -1 : 1;
    return a.element.compare(b.element);  // so that the order is always the same
  }
  if (a.text && b.text) return CompareText(*a.text, *b.text, options);
  return static_cast<int>(a.text.has_value()) - static_cast<int>(b.text.has_value());
}

// Puts the elements in order; false when a weight is not a number.
bool SortElements(CommandCall& call, const SortOptions& options,
                  std::vector<std::string>& elements) {
  std::vector<Weighted> items;
  for (std::string& element : elements)
    items.push_back({.element = std::move(element), .text = {}});
  if (!Weigh(call, options, items)) return false;
  std::stable_sort(items.begin(), items.end(), [&](const Weighted& a, const Weighted& b) {
    const int order = Compare(a, b, options);
    return options.descending ? order > 0 : order < 0;
  });
  for (size_t i = 0; i < items.size(); ++i) elements[i] = std::move(items[i].element);
  return true;
}

std::vector<std::string> Limit(std::vector<std::string> elements, const SortOptions& options) {
  const auto size = static_cast<int64_t>(elements.size());
  const int64_t first = std::clamp<int64_t>(options.offset, 0, size);
  const int64_t left = size - first;
  const int64_t count = options.count < 0 ? left : std::min(options.count, left);
  return {elements.begin() + first, elements.begin() + first + count};
}

// One row of results for each element: itself, or one for each GET pattern.
std::vector<std::optional<std::string>> Results(CommandCall& call, const SortOptions& options,
                                                const std::vector<std::string>& elements) {
  std::vector<std::optional<std::string>> results;
  for (const std::string& element : elements) {
    if (options.get.empty()) results.push_back(element);
    for (const std::string& pattern : options.get)
      results.push_back(LookUp(call, pattern, element));
  }
  return results;
}

// Puts the results into a list; no results delete the key.
Reply StoreResults(CommandCall& call, const std::string& key,
                   const std::vector<std::optional<std::string>>& results) {
  Keyspace& keyspace = call.keyspace();
  if (results.empty()) {
    // An expired one counts as well: nobody looks at its time.
    if (keyspace.Remove(call.client.db, key)) call.Changed(EventClass::kGeneric, "del", key);
    return Reply::Integer(0);
  }
  keyspace.FindForWrite(call.client.db, key);  // an expired one goes first
  List list = MakeEmpty<List>(keyspace.limits());
  for (const auto& result : results) list.Push(List::End::kTail, result.value_or(""));
  keyspace.Put(call.client.db, key, std::move(list));
  call.Changed(EventClass::kList, "sortstore", key, static_cast<int64_t>(results.size()));
  return Reply::Integer(static_cast<int64_t>(results.size()));
}

Reply ShowResults(const std::vector<std::optional<std::string>>& results) {
  std::vector<resp::Value> shown;
  for (const auto& result : results)
    shown.push_back(result ? resp::Value::Bulk(*result) : resp::Value::Null());
  return Reply::Array(std::move(shown));
}

Reply SortKey(CommandCall& call, AllowStore allow_store) {
  SortOptions options;
  if (const auto error = ParseSortOptions(call, allow_store, options)) return *error;
  std::vector<std::string> elements;
  if (Entry* entry = call.keyspace().FindForRead(call.client.db, call.arg(1))) {
    auto found = Elements(entry->value, options);
    if (!found) return Reply::WrongType();
    // A set has no order of its own; what is stored, or what a script sees, must not depend on
    // that.
    const bool order_matters = options.store || call.client.runs_script;
    if (std::holds_alternative<Set>(entry->value) && order_matters && !options.sorted) {
      options.sorted = options.alpha = true;
      options.by.reset();
    }
    elements = std::move(*found);
  }
  if (options.sorted && !SortElements(call, options, elements))
    return Reply::Error("ERR One or more scores can't be converted into double");
  const auto results = Results(call, options, Limit(std::move(elements), options));
  return options.store ? StoreResults(call, *options.store, results) : ShowResults(results);
}

// SORT key [BY pattern] [LIMIT offset count] [GET pattern ...] [ASC | DESC] [ALPHA] [STORE key]
Reply Sort(CommandCall& call) { return SortKey(call, AllowStore::kYes); }

// SORT_RO: without STORE, so that it may run where writing is not allowed.
Reply SortReadOnly(CommandCall& call) { return SortKey(call, AllowStore::kNo); }

constexpr CommandRow kTable[] = {
    {.name = "sort", .run = Sort},
    {.name = "sort_ro", .run = SortReadOnly},
};

}  // namespace

std::span<const CommandRow> SortCommands() { return kTable; }

}  // namespace modcert::engine
