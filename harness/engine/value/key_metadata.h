// What modules attach to keys beside their values (Redis 8.6): a number for each class of metadata,
// which a class may take for a pointer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/value/opaque.h"

namespace modcert::engine {

// What the engine asks of a class of metadata. The module host implements it. Called with the
// host's lock held, and only for numbers that are not the reset value.
class KeyMetaClass {
 public:
  virtual ~KeyMetaClass() = default;

  // As RDB streams carry it: the name in bits 8 to 31, the version in 3 to 7, flags below.
  virtual uint32_t spec() const = 0;
  virtual uint64_t reset_value() const = 0;  // stands for a key that has nothing of this class

  // Whether the copy, or the key at its new place, has the number, which may change on the way.
  virtual bool Copy(const KeyPlace& from, const KeyPlace& to, uint64_t& meta) const = 0;
  virtual bool Rename(const KeyPlace& from, const KeyPlace& to, uint64_t& meta) const = 0;
  virtual bool Move(const KeyPlace& from, const KeyPlace& to, uint64_t& meta) const = 0;
  // The key leaves the keyspace; Free follows.
  virtual void Unlink(const KeyPlace& place, uint64_t& meta) const = 0;
  virtual void Free(const std::string& key, uint64_t meta) const = 0;

  virtual bool is_saved() const = 0;
  virtual void Save(rdb::Writer& items, const KeyPlace& place, uint64_t& meta) const = 0;
  virtual bool is_loaded() const = 0;
  enum class Loaded { kAttach, kSkip, kAbort };
  virtual Loaded Load(rdb::Reader& in, int version, const KeyPlace& place,
                      uint64_t& meta) const = 0;
  virtual Status RewriteAof(const KeyPlace& place, uint64_t meta,
                            const std::function<void(std::vector<std::string>)>& emit) const = 0;
  virtual size_t MemoryUsage(const KeyPlace& place, uint64_t meta, size_t samples) const = 0;
  virtual size_t FreeEffort(const KeyPlace& place, uint64_t meta) const = 0;
};

// The part of a spec that is the name.
inline uint32_t KeyMetaName(uint32_t spec) { return spec >> 8; }
inline int KeyMetaVersion(uint32_t spec) { return static_cast<int>(spec >> 3 & 31); }
// A reader without the class may leave what it saved out.
inline bool KeyMetaMayBeIgnored(uint32_t spec) { return (spec & 1) != 0; }

// The classes of a server, by id. Owned by Server; the classes belong to whoever adds them.
class KeyMetaClasses {
 public:
  static constexpr int kCountMax = 7;  // ids are 1 to 7

  // The id; nothing when no slot is free, or a class of that name is there. A class of a name that
  // was released gets the id of that one, and with it what keys still have of it.
  std::optional<int> Add(const KeyMetaClass* added);
  // False when there is no such class. What keys have of it stays where it is.
  bool Release(int id);
  // Those that are there and for which `is_meant` holds.
  void ReleaseAll(const std::function<bool(const KeyMetaClass&)>& is_meant);
  // Null for an id that is out of range or has no class.
  const KeyMetaClass* Find(int id) const;
  // The id of the class of that name, or 0.
  int FindByName(uint32_t name) const;

 private:
  struct Slot {
    std::optional<uint32_t> name;  // once taken, for ever
    const KeyMetaClass* owner = nullptr;
  };
  std::array<Slot, kCountMax> slots_;
};

// The numbers of one key. Frees those that are left when it goes.
class KeyMetadata {
 public:
  // `classes` must outlive it.
  KeyMetadata(const KeyMetaClasses& classes, std::string_view key) : classes_(classes), key_(key) {}
  ~KeyMetadata();
  KeyMetadata(const KeyMetadata&) = delete;
  KeyMetadata& operator=(const KeyMetadata&) = delete;

  std::optional<uint64_t> Get(int id) const;
  // In place of an older number, which is not freed.
  void Set(int id, uint64_t meta);

  // The key's name became known only now.
  void set_key(std::string_view key) { key_ = key; }

  // The key leaves its place for good.
  void Unlink(int db);
  // The key got another name or database: classes say whether they go along.
  void Rename(int db, std::string_view to);
  void Move(int from_db, int to_db);
  // What a copy of the key has, or null when that is nothing.
  std::unique_ptr<KeyMetadata> Copy(int from_db, std::string_view to, int to_db) const;

  // All numbers but the reset values of their classes.
  using Visit = std::function<void(const KeyMetaClass& owner, uint64_t& meta)>;
  void ForEach(const Visit& visit) const;

 private:
  using Keeps = std::function<bool(const KeyMetaClass& owner, uint64_t& meta)>;
  void Filter(const Keeps& keeps);

  const KeyMetaClasses& classes_;
  std::string key_;
  mutable std::array<std::optional<uint64_t>, KeyMetaClasses::kCountMax> numbers_;
};

}  // namespace modcert::engine
