// A class of key metadata that a module registered, as the engine sees one.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/value/key_metadata.h"
#include "redismodule_types.h"

namespace modcert::module {

class Host;
class Module;

// The spec of a class, from a name of four characters of A-Z a-z 0-9 _ -, a version of 0 to 31 and
// the flags of its configuration; nothing when one of the first two does not fit.
std::optional<uint32_t> KeyMetaSpec(std::string_view name, int version, uint64_t flags);

// Made by Host::AddKeyMetaClass, lives as long as its module. The callbacks run in a scope of it.
class ModuleKeyMetaClass final : public engine::KeyMetaClass {
 public:
  ModuleKeyMetaClass(Host& host, Module& module, uint32_t spec,
                     const RedisModuleKeyMetaClassConfig& config)
      : host_(host), module_(module), spec_(spec), config_(config) {}

  uint32_t spec() const override { return spec_; }
  uint64_t reset_value() const override { return config_.reset_value; }
  bool Copy(const engine::KeyPlace& from, const engine::KeyPlace& to,
            uint64_t& meta) const override;
  bool Rename(const engine::KeyPlace& from, const engine::KeyPlace& to,
              uint64_t& meta) const override;
  bool Move(const engine::KeyPlace& from, const engine::KeyPlace& to,
            uint64_t& meta) const override;
  void Unlink(const engine::KeyPlace& place, uint64_t& meta) const override;
  void Free(const std::string& key, uint64_t meta) const override;
  bool is_saved() const override { return config_.rdb_save != nullptr; }
  void Save(engine::rdb::Writer& items, const engine::KeyPlace& place,
            uint64_t& meta) const override;
  bool is_loaded() const override { return config_.rdb_load != nullptr; }
  Loaded Load(engine::rdb::Reader& in, int version, const engine::KeyPlace& place,
              uint64_t& meta) const override;
  Status RewriteAof(const engine::KeyPlace& place, uint64_t meta,
                    const std::function<void(std::vector<std::string>)>& emit) const override;
  size_t MemoryUsage(const engine::KeyPlace& place, uint64_t meta, size_t samples) const override;
  size_t FreeEffort(const engine::KeyPlace& place, uint64_t meta) const override;

  Module& module() const { return module_; }
  const RedisModuleKeyMetaClassConfig& config() const { return config_; }

 private:
  Host& host_;
  Module& module_;
  const uint32_t spec_;
  const RedisModuleKeyMetaClassConfig config_;
};

}  // namespace modcert::module
