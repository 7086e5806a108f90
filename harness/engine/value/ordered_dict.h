// A hash map that remembers insertion order: the keyspace, hashes and sets are made of it.
//
// The one idea: entries stand in a vector in the order of insertion, each with an id that only
// grows; an open-addressing index finds them by key. Erased entries leave a hole until the next
// rebuild. Because ids only grow, a scan cursor is simply the id to go on from, and every element
// that is present for the whole scan is visited exactly once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.h"

namespace modcert::engine {

// Maps byte strings to V. Pointers to values live until the next Insert or Erase of any key.
template <typename V>
class OrderedDict {
 public:
  struct Entry {
    std::string key;
    V value;
    uint64_t id = 0;
    bool live = true;
  };

  size_t size() const { return live_count_; }
  bool empty() const { return live_count_ == 0; }

  V* Find(std::string_view key) {
    const size_t slot = FindSlot(key);
    return slot == kNone ? nullptr : &entries_[index_[slot] - 1].value;
  }
  const V* Find(std::string_view key) const { return const_cast<OrderedDict*>(this)->Find(key); }
  bool Contains(std::string_view key) const { return Find(key) != nullptr; }

  // Adds the key at the end; an existing one keeps its place and its value.
  // Returns the value in the dictionary, and whether it is new.
  std::pair<V*, bool> Insert(std::string_view key, V value) {
    if (V* found = Find(key)) return {found, false};
    if (entries_.size() + 1 > index_.size() / 2) Rebuild();
    entries_.push_back({std::string(key), std::move(value), next_id_++, true});
    Link(entries_.size() - 1);
    ++live_count_;
    return {&entries_.back().value, true};
  }

  // Sets the value, in place when the key exists. Returns whether the key is new.
  bool Set(std::string_view key, V value) {
    if (V* found = Find(key)) {
      *found = std::move(value);
      return false;
    }
    Insert(key, std::move(value));
    return true;
  }

  bool Erase(std::string_view key) {
    const size_t slot = FindSlot(key);
    if (slot == kNone) return false;
    Entry& entry = entries_[index_[slot] - 1];
    entry.live = false;
    entry.key = {};
    entry.value = V{};
    index_[slot] = kTombstone;
    --live_count_;
    // A dictionary that is mostly holes would make RandomEntry and Scan slow.
    if (live_count_ == 0)
      Clear();
    else if (entries_.size() > 16 && live_count_ < entries_.size() / 4)
      Rebuild();
    return true;
  }

  void Clear() {
    entries_.clear();
    index_.clear();
    live_count_ = 0;
  }

  // Visits live entries in order of insertion. `visit` must not change the dictionary.
  template <typename Visit>
  void ForEach(Visit&& visit) const {
    for (const Entry& entry : entries_)
      if (entry.live) visit(entry.key, entry.value);
  }

  // A random live entry, every one equally likely; null when empty.
  const Entry* RandomEntry(Random& random) const {
    if (empty()) return nullptr;
    for (;;) {
      const Entry& entry = entries_[random.Below(entries_.size())];
      if (entry.live) return &entry;
    }
  }

  // Where a scan that begins now may end: what is added from now on comes behind it.
  uint64_t end_cursor() const { return next_id_; }

  // Visits up to `count` entries from `cursor` (0 starts) and returns the cursor to go on with,
  // 0 at the end. Elements that stay for the whole scan are visited exactly once.
  template <typename Visit>
  uint64_t Scan(uint64_t cursor, size_t count, Visit&& visit) const {
    auto it = std::lower_bound(entries_.begin(), entries_.end(), cursor,
                               [](const Entry& entry, uint64_t id) { return entry.id < id; });
    for (; it != entries_.end() && count > 0; ++it) {
      if (!it->live) continue;
      visit(it->key, it->value);
      --count;
    }
    while (it != entries_.end() && !it->live) ++it;
    return it == entries_.end() ? 0 : it->id;
  }

 private:
  static constexpr size_t kNone = SIZE_MAX;
  static constexpr uint32_t kFree = 0;                // slots hold the entry's position plus one
  static constexpr uint32_t kTombstone = UINT32_MAX;  // erased: a probe goes on past it

  size_t FindSlot(std::string_view key) const {
    if (index_.empty()) return kNone;
    const size_t mask = index_.size() - 1;
    for (size_t slot = std::hash<std::string_view>{}(key)&mask;; slot = (slot + 1) & mask) {
      const uint32_t position = index_[slot];
      if (position == kFree) return kNone;
      if (position != kTombstone && entries_[position - 1].key == key) return slot;
    }
  }

  void Link(size_t position) {
    const size_t mask = index_.size() - 1;
    size_t slot = std::hash<std::string_view>{}(entries_[position].key) & mask;
    while (index_[slot] != kFree) slot = (slot + 1) & mask;
    index_[slot] = static_cast<uint32_t>(position + 1);
  }

  // Drops the holes and makes room for as many entries again.
  void Rebuild() {
    std::erase_if(entries_, [](const Entry& entry) { return !entry.live; });
    size_t size = 8;
    while (size < 4 * (entries_.size() + 1)) size *= 2;
    index_.assign(size, kFree);
    for (size_t i = 0; i < entries_.size(); ++i) Link(i);
  }

  std::vector<Entry> entries_;
  std::vector<uint32_t>
      index_;  // a power of two; holes keep their slot, so it is at most half full
  size_t live_count_ = 0;
  uint64_t next_id_ = 1;
};

}  // namespace modcert::engine
