#include "module/data_type.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "engine/rdb/reader.h"
#include "engine/rdb/writer.h"
#include "fmt/format.h"
#include "module/callback_handles.h"

namespace modcert::module {
namespace {

constexpr std::string_view kTypeNameCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr size_t kTypeNameSize = 9;
constexpr int kEncodingVersionMax = 1023;  // ten bits

// How much of RedisModuleTypeMethods each version of the struct has.
constexpr std::array<size_t, 6> kMethodsSize = {
    0,
    offsetof(RedisModuleTypeMethods, aux_load),
    offsetof(RedisModuleTypeMethods, free_effort),
    offsetof(RedisModuleTypeMethods, mem_usage2),
    offsetof(RedisModuleTypeMethods, aux_save2),
    sizeof(RedisModuleTypeMethods),
};

// type.newer-methods: the newest version of the struct that a server knows; it cuts what is newer.
uint64_t NewestMethods(const abi::Profile& profile) {
  constexpr std::pair<abi::Version, uint64_t> kFirst[] = {
      {{7, 2, 0}, 5}, {{7, 0, 0}, 4}, {{6, 2, 0}, 3}, {{5, 0, 6}, 2}};
  for (const auto& [release, version] : kFirst)
    if (profile.redis_version >= release) return version;
  return 1;
}

}  // namespace

uint64_t TypeId(std::string_view name, int encoding_version) {
  if (name.size() != kTypeNameSize) return 0;
  if (encoding_version < 0 || encoding_version > kEncodingVersionMax) return 0;
  uint64_t id = 0;
  for (char c : name) {
    const size_t position = kTypeNameCharacters.find(c);
    if (position == std::string_view::npos) return 0;
    id = id << 6 | position;
  }
  // type.reserved-name: zero, and so no id, for the first of all names and versions.
  return id << 10 | static_cast<uint64_t>(encoding_version);
}

bool ReadTypeMethods(const RedisModuleTypeMethods* from, const abi::Profile& profile,
                     RedisModuleTypeMethods& to) {
  if (from->version == 0) return false;
  const size_t version = std::min(from->version, NewestMethods(profile));
  to = {};
  std::memcpy(&to, from, kMethodsSize[version]);
  return true;
}

}  // namespace modcert::module

using modcert::Fail;
using modcert::Result;
using modcert::engine::KeyPlace;
using modcert::engine::rdb::AuxWhen;
using modcert::module::Host;
using modcert::module::ModuleScope;

RedisModuleType::RedisModuleType(Host& host, modcert::module::Module& module, std::string name,
                                 int encoding_version, const RedisModuleTypeMethods& methods)
    : host(host),
      module(module),
      methods(methods),
      name_(std::move(name)),
      id_(modcert::module::TypeId(name_, encoding_version)) {}

void RedisModuleType::Save(modcert::engine::rdb::Writer& out, const KeyPlace& place,
                           const void* value) const {
  const ModuleScope scope(host, &module);
  modcert::module::Io io(host, module, place);
  io->writer = &out;
  methods.rdb_save(io.get(), const_cast<void*>(value));
}

Result<void*> RedisModuleType::Load(modcert::engine::rdb::Reader& in, int encver,
                                    const KeyPlace& place) const {
  const ModuleScope scope(host, &module);
  modcert::module::Io io(host, module, place);
  io->reader = &in;
  void* value = methods.rdb_load(io.get(), encver);
  if (value && !io->error) return value;
  if (value) Free(value);
  return Fail(std::string(name()),
              io->error_text.empty() ? "rdb_load gave no value" : io->error_text);
}

void* RedisModuleType::LoadItems(std::string_view items, int encver) const {
  const ModuleScope scope(host, &module);
  modcert::engine::rdb::Reader in(items);
  // digest.string-has-no-key
  modcert::module::Io io(host, module, {});
  io->reader = &in;
  return methods.rdb_load(io.get(), encver);
}

std::optional<std::string> RedisModuleType::SaveItems(void* value) const {
  const ModuleScope scope(host, &module);
  modcert::engine::rdb::Writer out({.rdbcompression = host.server.config.rdb_compression});
  modcert::module::Io io(host, module, {});
  io->writer = &out;
  methods.rdb_save(io.get(), value);
  if (io->error) return std::nullopt;
  return out.Take();
}

void RedisModuleType::Free(void* value) const {
  const ModuleScope scope(host, &module);
  if (methods.free) methods.free(value);
}

bool RedisModuleType::SaveAux(modcert::engine::rdb::Writer& items, AuxWhen when) const {
  const bool may_be_empty = !methods.aux_save2;  // type.aux-save-two-wins
  const RedisModuleTypeAuxSaveFunc save = may_be_empty ? methods.aux_save : methods.aux_save2;
  const int bit = static_cast<int>(when);
  if (!save || (methods.aux_save_triggers & bit) == 0) return false;
  const ModuleScope scope(host, &module);
  modcert::module::Io io(host, module, {});
  io->writer = &items;
  save(io.get(), bit);
  // type.aux-save-two: only aux_save leaves a record without items.
  return may_be_empty || !items.bytes().empty();
}

modcert::Status RedisModuleType::LoadAux(modcert::engine::rdb::Reader& in, int encver,
                                         AuxWhen when) const {
  if (!methods.aux_load)
    return Fail(module.name,
                fmt::format("The RDB file contains module AUX data, but the module '{}' doesn't "
                            "seem to support it.",
                            name()));
  const ModuleScope scope(host, &module);
  modcert::module::Io io(host, module, {});
  io->reader = &in;
  // type.aux-load
  const int outcome = methods.aux_load(io.get(), encver, static_cast<int>(when));
  if (outcome == REDISMODULE_OK && !io->error) return {};
  return Fail(module.name,
              fmt::format("The RDB file contains module AUX data for the module type '{}', that "
                          "the responsible module is not able to load. Check for modules log above "
                          "for additional clues.",
                          name()));
}

void RedisModuleType::AddToDigest(modcert::engine::Digest& digest, const KeyPlace& place,
                                  const void* value) const {
  if (!methods.digest) return;
  const ModuleScope scope(host, &module);
  const modcert::module::KeyName key(host, place);
  RedisModuleDigest* handle = host.handles.digests.New(&module, &digest, key.get(), place.db);
  methods.digest(handle, const_cast<void*>(value));
  host.handles.digests.End(handle);
}

size_t RedisModuleType::MemoryUsage(const KeyPlace& place, const void* value,
                                    size_t samples) const {
  const ModuleScope scope(host, &module);
  if (methods.mem_usage2) {
    const modcert::module::KeyOptions options(host, module, place);
    return methods.mem_usage2(options.get(), value, samples);
  }
  return methods.mem_usage ? methods.mem_usage(value) : 0;  // type.memory-usage
}

modcert::Status RedisModuleType::RewriteAof(
    const KeyPlace& place, const void* value,
    const std::function<void(std::vector<std::string>)>& emit) const {
  if (!methods.aof_rewrite) return Fail(std::string(name()), "has no aof_rewrite");
  const ModuleScope scope(host, &module);
  modcert::module::Io io(host, module, place);
  // The callback gets the key's name as an argument, known or not.
  const modcert::module::KeyName key(host, place);
  io->emit = &emit;
  methods.aof_rewrite(io.get(), key.get(), const_cast<void*>(value));
  if (io->error) return Fail(std::string(name()), io->error_text);
  return {};
}

void* RedisModuleType::Copy(const KeyPlace& from, const KeyPlace& to, const void* value) const {
  const ModuleScope scope(host, &module);
  // type.copy, type.second-generation
  if (methods.copy2) {
    const modcert::module::KeyOptions options(host, module, from, to);
    return methods.copy2(options.get(), value);
  }
  if (!methods.copy) return nullptr;
  const modcert::module::KeyName from_key(host, from);
  const modcert::module::KeyName to_key(host, to);
  return methods.copy(from_key.get(), to_key.get(), value);
}

size_t RedisModuleType::FreeEffort(const KeyPlace& place, const void* value) const {
  const ModuleScope scope(host, &module);
  if (methods.free_effort2) {
    const modcert::module::KeyOptions options(host, module, place);
    return methods.free_effort2(options.get(), value);
  }
  if (!methods.free_effort) return 1;
  const modcert::module::KeyName key(host, place);
  return methods.free_effort(key.get(), value);
}

void RedisModuleType::Unlink(const KeyPlace& place, const void* value) const {
  const ModuleScope scope(host, &module);
  if (methods.unlink2) {
    const modcert::module::KeyOptions options(host, module, place);
    return methods.unlink2(options.get(), value);
  }
  if (!methods.unlink) return;
  const modcert::module::KeyName key(host, place);
  methods.unlink(key.get(), value);
}
