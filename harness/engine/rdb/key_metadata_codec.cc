#include "engine/rdb/key_metadata_codec.h"

#include <fmt/format.h>

#include "engine/rdb/byte_order.h"

namespace modcert::engine::rdb {
namespace {

constexpr size_t kSpecSize = 4;

// The four characters of a spec. Their last two are swapped compared with those of data types.
std::string NameOf(uint32_t spec) {
  constexpr char kCharset[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  std::string name;
  for (int shift = 26; shift >= 8; shift -= 6) name.push_back(kCharset[spec >> shift & 63]);
  return name;
}

// One class; what it saved is read, attached or not.
void LoadClass(Reader& in, const KeyMetaClasses& classes, const KeyPlace& place,
               std::unique_ptr<KeyMetadata>& metadata) {
  const uint32_t spec = in.ReadLittle32();
  if (in.failed()) return;
  const int id = classes.FindByName(KeyMetaName(spec));
  const KeyMetaClass* owner = classes.Find(id);
  if (!owner || !owner->is_loaded()) {
    // keymeta.load-may-ignore: only what its class calls dispensable is left out.
    if (KeyMetaMayBeIgnored(spec)) return in.SkipItems();
    return in.Fail(
        fmt::format("key metadata of the class '{}', which nobody here can load", NameOf(spec)));
  }
  // keymeta.rdb, keymeta.dump
  uint64_t meta = owner->reset_value();
  const auto loaded = owner->Load(in, KeyMetaVersion(spec), place, meta);
  if (loaded == KeyMetaClass::Loaded::kAttach) {
    if (!metadata) metadata = std::make_unique<KeyMetadata>(classes, place.key);
    metadata->Set(id, meta);
    return in.LoadEnd();
  }
  if (loaded == KeyMetaClass::Loaded::kSkip) return in.SkipItems();
  in.Fail(fmt::format("key metadata that its class '{}' does not take", NameOf(spec)));
}

}  // namespace

void SaveKeyMetadata(Writer& out, const KeyMetadata& metadata, const KeyPlace& place) {
  Writer records(out.options());
  uint64_t count = 0;
  metadata.ForEach([&](const KeyMetaClass& owner, uint64_t& meta) {
    if (!owner.is_saved()) return;
    std::string spec;
    AppendLittleEndian(spec, owner.spec(), kSpecSize);
    records.WriteRaw(spec);
    owner.Save(records, place, meta);
    records.SaveEnd();
    ++count;
  });
  if (count == 0) return;
  out.WriteOpcode(Opcode::kKeyMeta);
  out.WriteLength(count);
  out.WriteRaw(records.bytes());
}

std::unique_ptr<KeyMetadata> LoadKeyMetadata(Reader& in, const KeyMetaClasses& classes,
                                             const KeyPlace& place) {
  std::unique_ptr<KeyMetadata> metadata;
  const uint64_t count = in.ReadLength();
  for (uint64_t i = 0; i < count && !in.failed(); ++i) LoadClass(in, classes, place, metadata);
  if (in.failed()) return nullptr;
  return metadata;
}

}  // namespace modcert::engine::rdb
