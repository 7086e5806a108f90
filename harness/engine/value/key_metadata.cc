#include "engine/value/key_metadata.h"

#include "base/require.h"

namespace modcert::engine {

std::optional<int> KeyMetaClasses::Add(const KeyMetaClass* added) {
  const uint32_t name = KeyMetaName(added->spec());
  int id = FindByName(name);
  // keymeta.takes-over: the slot of a name stays its own.
  if (id != 0 && slots_[id - 1].owner) return std::nullopt;
  for (int free = 1; id == 0 && free <= kCountMax; ++free)
    if (!slots_[free - 1].name) id = free;
  if (id == 0) return std::nullopt;
  slots_[id - 1] = {name, added};
  return id;
}

bool KeyMetaClasses::Release(int id) {
  if (!Find(id)) return false;
  slots_[id - 1].owner = nullptr;
  return true;
}

void KeyMetaClasses::ReleaseAll(const std::function<bool(const KeyMetaClass&)>& is_meant) {
  for (Slot& slot : slots_)
    if (slot.owner && is_meant(*slot.owner)) slot.owner = nullptr;
}

const KeyMetaClass* KeyMetaClasses::Find(int id) const {
  return id >= 1 && id <= kCountMax ? slots_[id - 1].owner : nullptr;
}

int KeyMetaClasses::FindByName(uint32_t name) const {
  for (int id = 1; id <= kCountMax; ++id)
    if (slots_[id - 1].name == name) return id;
  return 0;
}

KeyMetadata::~KeyMetadata() {
  ForEach([&](const KeyMetaClass& owner, uint64_t& meta) { owner.Free(key_, meta); });
}

std::optional<uint64_t> KeyMetadata::Get(int id) const { return numbers_[id - 1]; }

void KeyMetadata::Set(int id, uint64_t meta) {
  Require(id >= 1 && id <= KeyMetaClasses::kCountMax, "a class of metadata that cannot be");
  numbers_[id - 1] = meta;
}

void KeyMetadata::ForEach(const Visit& visit) const {
  for (int id = 1; id <= KeyMetaClasses::kCountMax; ++id) {
    std::optional<uint64_t>& number = numbers_[id - 1];
    const KeyMetaClass* owner = classes_.Find(id);
    // keymeta.reset-value
    if (owner && number && *number != owner->reset_value()) visit(*owner, *number);
  }
}

// What a class does not keep is the class's own to release: it was asked.
void KeyMetadata::Filter(const Keeps& keeps) {
  for (int id = 1; id <= KeyMetaClasses::kCountMax; ++id) {
    std::optional<uint64_t>& number = numbers_[id - 1];
    const KeyMetaClass* owner = classes_.Find(id);
    if (!owner || !number || *number == owner->reset_value()) continue;
    if (!keeps(*owner, *number)) number.reset();
  }
}

void KeyMetadata::Unlink(int db) {
  ForEach([&](const KeyMetaClass& owner, uint64_t& meta) { owner.Unlink({key_, db}, meta); });
}

void KeyMetadata::Rename(int db, std::string_view to) {
  Filter([&](const KeyMetaClass& owner, uint64_t& meta) {
    return owner.Rename({key_, db}, {to, db}, meta);
  });
  key_ = to;
}

void KeyMetadata::Move(int from_db, int to_db) {
  Filter([&](const KeyMetaClass& owner, uint64_t& meta) {
    return owner.Move({key_, from_db}, {key_, to_db}, meta);
  });
}

std::unique_ptr<KeyMetadata> KeyMetadata::Copy(int from_db, std::string_view to, int to_db) const {
  std::unique_ptr<KeyMetadata> copy;
  for (int id = 1; id <= KeyMetaClasses::kCountMax; ++id) {
    const KeyMetaClass* owner = classes_.Find(id);
    std::optional<uint64_t> number = numbers_[id - 1];
    if (!owner || !number || *number == owner->reset_value()) continue;
    if (!owner->Copy({key_, from_db}, {to, to_db}, *number)) continue;
    if (!copy) copy = std::make_unique<KeyMetadata>(classes_, to);
    copy->Set(id, *number);
  }
  return copy;
}

}  // namespace modcert::engine
