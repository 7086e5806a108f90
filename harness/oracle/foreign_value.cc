#include "oracle/foreign_value.h"

#include "base/require.h"
#include "module/data_type.h"
#include "module/shared_object.h"

namespace modcert::oracle {
namespace {

// In the first page, which no system maps.
void* NoAddress() { return reinterpret_cast<void*>(uintptr_t{0x100}); }

void* Load(RedisModuleIO*, int) { return NoAddress(); }
void Save(RedisModuleIO*, void*) {}
void Rewrite(RedisModuleIO*, RedisModuleString*, void*) {}
void Free(void*) {}

module::Module& AddOwner(module::Host& host) {
  auto module = std::make_unique<module::Module>(nullptr);
  module->name = "modcert";
  return host.AddModule(std::move(module));
}

}  // namespace

ForeignType::ForeignType(module::Host& host) : host_(host), module_(AddOwner(host)) {
  RedisModuleTypeMethods methods = {};
  methods.version = REDISMODULE_TYPE_METHOD_VERSION;
  methods.rdb_load = Load;
  methods.rdb_save = Save;
  methods.aof_rewrite = Rewrite;
  methods.free = Free;
  type_ = host.AddType(module_, "modcert-f", 0, &methods);
  Require(type_ != nullptr, "the type of the oracle can be registered");
  module_.in_on_load = false;  // since 7.2 types are registered before that only
}

ForeignType::~ForeignType() {
  engine::Keyspace& keyspace = host_.server.keyspace;
  for (int i = 0; i < keyspace.db_count(); ++i) {
    std::vector<std::string> keys;
    keyspace.db(i).keys.ForEach([&](const std::string& key, const auto& entry) {
      const auto* value = std::get_if<engine::Opaque>(&entry->value);
      if (value && value->type() == type_) keys.push_back(key);
    });
    for (const std::string& key : keys) keyspace.Remove(i, key);
  }
  host_.RemoveModule(module_);
}

void ForeignType::Put(std::string_view key) {
  host_.server.keyspace.Put(0, key, engine::Opaque(type_, NoAddress()));
}

}  // namespace modcert::oracle
