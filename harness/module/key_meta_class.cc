#include "module/key_meta_class.h"

#include "engine/rdb/reader.h"
#include "module/callback_handles.h"

namespace modcert::module {

using engine::KeyPlace;

std::optional<uint32_t> KeyMetaSpec(std::string_view name, int version, uint64_t flags) {
  constexpr std::string_view kCharacters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  constexpr size_t kNameSize = 4;
  constexpr int kVersionMax = 31;   // five bits
  constexpr uint64_t kFlags = 0x7;  // three bits
  if (name.size() != kNameSize || version < 0 || version > kVersionMax) return std::nullopt;
  uint32_t spec = 0;
  for (char c : name) {
    const size_t position = kCharacters.find(c);
    if (position == std::string_view::npos) return std::nullopt;
    spec = spec << 6 | static_cast<uint32_t>(position);
  }
  return spec << 8 | static_cast<uint32_t>(version) << 3 | static_cast<uint32_t>(flags & kFlags);
}

bool ModuleKeyMetaClass::Copy(const KeyPlace& from, const KeyPlace& to, uint64_t& meta) const {
  if (!config_.copy) return false;  // keymeta.copy: without a callback a copy has nothing
  const ModuleScope scope(host_, &module_);
  const KeyOptions options(host_, module_, from, to);
  return config_.copy(options.get(), &meta) != 0;
}

bool ModuleKeyMetaClass::Rename(const KeyPlace& from, const KeyPlace& to, uint64_t& meta) const {
  if (!config_.rename) return true;  // keymeta.rename: without a callback it stays
  const ModuleScope scope(host_, &module_);
  const KeyOptions options(host_, module_, from, to);
  return config_.rename(options.get(), &meta) != 0;
}

bool ModuleKeyMetaClass::Move(const KeyPlace& from, const KeyPlace& to, uint64_t& meta) const {
  if (!config_.move) return true;  // keymeta.move: without a callback it stays
  const ModuleScope scope(host_, &module_);
  const KeyOptions options(host_, module_, from, to);
  return config_.move(options.get(), &meta) != 0;
}

void ModuleKeyMetaClass::Unlink(const KeyPlace& place, uint64_t& meta) const {
  if (!config_.unlink) return;
  const ModuleScope scope(host_, &module_);
  const KeyOptions options(host_, module_, place);
  config_.unlink(options.get(), &meta);
}

void ModuleKeyMetaClass::Free(const std::string& key, uint64_t meta) const {
  if (!config_.free) return;
  const ModuleScope scope(host_, &module_);
  config_.free(key.empty() ? nullptr : key.c_str(), meta);
}

void ModuleKeyMetaClass::Save(engine::rdb::Writer& items, const KeyPlace& place,
                              uint64_t& meta) const {
  const ModuleScope scope(host_, &module_);
  Io io(host_, module_, place);
  io->writer = &items;
  config_.rdb_save(io.get(), nullptr, &meta);
}

ModuleKeyMetaClass::Loaded ModuleKeyMetaClass::Load(engine::rdb::Reader& in, int version,
                                                    const KeyPlace& place, uint64_t& meta) const {
  const ModuleScope scope(host_, &module_);
  Io io(host_, module_, place);
  io->reader = &in;
  const int outcome = config_.rdb_load(io.get(), &meta, version);
  if (io->error || outcome < 0) return Loaded::kAbort;
  return outcome == 0 ? Loaded::kSkip : Loaded::kAttach;
}

Status ModuleKeyMetaClass::RewriteAof(
    const KeyPlace& place, uint64_t meta,
    const std::function<void(std::vector<std::string>)>& emit) const {
  if (!config_.aof_rewrite) return {};
  const ModuleScope scope(host_, &module_);
  Io io(host_, module_, place);
  io->emit = &emit;
  config_.aof_rewrite(io.get(), nullptr, meta);
  if (io->error) return Fail(module_.name, io->error_text);
  return {};
}

size_t ModuleKeyMetaClass::MemoryUsage(const KeyPlace& place, uint64_t meta, size_t samples) const {
  if (!config_.mem_usage) return 0;
  const ModuleScope scope(host_, &module_);
  const KeyOptions options(host_, module_, place);
  return config_.mem_usage(options.get(), samples, meta);
}

size_t ModuleKeyMetaClass::FreeEffort(const KeyPlace& place, uint64_t meta) const {
  if (!config_.free_effort) return 1;
  const ModuleScope scope(host_, &module_);
  const KeyOptions options(host_, module_, place);
  return config_.free_effort(options.get(), meta);
}

}  // namespace modcert::module
