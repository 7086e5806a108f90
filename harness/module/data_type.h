// RedisModuleType: a data type that a module registered, as the engine sees one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "abi/profile.h"
#include "engine/value/opaque.h"
#include "redismodule_types.h"

namespace modcert::module {

class Host;
class Module;

// The 64-bit id of a type: nine characters of six bits, and ten bits of encoding version. Zero when
// the name has not nine characters of A-Z a-z 0-9 - _, or the version does not fit.
uint64_t TypeId(std::string_view name, int encoding_version);

// The methods of any version of the struct, with what the version lacks, and what this server does
// not know yet, set to null; false when the version is zero.
bool ReadTypeMethods(const RedisModuleTypeMethods* from, const abi::Profile& profile,
                     RedisModuleTypeMethods& to);

}  // namespace modcert::module

// Made by Host::AddType, lives as long as its module. The callbacks run in a scope of the module.
struct RedisModuleType final : modcert::engine::OpaqueType {
  RedisModuleType(modcert::module::Host& host, modcert::module::Module& module, std::string name,
                  int encoding_version, const RedisModuleTypeMethods& methods);

  std::string_view name() const override { return name_; }
  uint64_t id() const override { return id_; }
  void Save(modcert::engine::rdb::Writer& out, const modcert::engine::KeyPlace& place,
            const void* value) const override;
  modcert::Result<void*> Load(modcert::engine::rdb::Reader& in, int encver,
                              const modcert::engine::KeyPlace& place) const override;
  void Free(void* value) const override;
  bool SaveAux(modcert::engine::rdb::Writer& items,
               modcert::engine::rdb::AuxWhen when) const override;
  modcert::Status LoadAux(modcert::engine::rdb::Reader& in, int encver,
                          modcert::engine::rdb::AuxWhen when) const override;
  bool has_digest() const override { return methods.digest != nullptr; }
  void AddToDigest(modcert::engine::Digest& digest, const modcert::engine::KeyPlace& place,
                   const void* value) const override;
  size_t MemoryUsage(const modcert::engine::KeyPlace& place, const void* value,
                     size_t samples) const override;
  modcert::Status RewriteAof(
      const modcert::engine::KeyPlace& place, const void* value,
      const std::function<void(std::vector<std::string>)>& emit) const override;
  void* Copy(const modcert::engine::KeyPlace& from, const modcert::engine::KeyPlace& to,
             const void* value) const override;
  size_t FreeEffort(const modcert::engine::KeyPlace& place, const void* value) const override;
  void Unlink(const modcert::engine::KeyPlace& place, const void* value) const override;

  // The items of a value alone, as SaveDataTypeToString writes them: no id, no mark at the end.
  // What rdb_load makes of them, null when that is nothing; what stands behind them is left.
  void* LoadItems(std::string_view items, int encver) const;
  std::optional<std::string> SaveItems(void* value) const;

  modcert::module::Host& host;
  modcert::module::Module& module;
  const RedisModuleTypeMethods methods;

 private:
  std::string name_;
  uint64_t id_;
};
