#include "oracle/dataset.h"

#include "engine/digest.h"
#include "engine/rdb/file.h"
#include "module/loader.h"

namespace modcert::oracle {
namespace {

using engine::Db;
using engine::Entry;
using engine::kNoExpiry;

template <typename Visit>
void ForEachEntry(const Db& db, Visit visit) {
  db.keys.ForEach(
      [&](const std::string& key, const std::unique_ptr<Entry>& entry) { visit(key, *entry); });
}

engine::rdb::SavedDatabase Saved(const Db& db) {
  return {.index = db.index,
          .key_count = db.keys.size(),
          .expire_count = db.expiries.size(),
          .for_each_key = [&db](const auto& save) {
            ForEachEntry(db, [&](const std::string& key, const Entry& entry) {
              engine::rdb::SavedKey saved{.key = key, .value = &entry.value};
              if (entry.expire_at_ms != kNoExpiry) saved.expire_at_ms = entry.expire_at_ms;
              save(saved);
            });
          }};
}

}  // namespace

std::string SaveAll(module::Host& host) {
  std::vector<engine::rdb::SavedDatabase> databases;
  for (int i = 0; i < host.server.keyspace.db_count(); ++i)
    databases.push_back(Saved(host.server.keyspace.db(i)));
  return engine::rdb::SaveFile(databases, {.module_types = host.server.types.all()});
}

Status LoadAll(module::Host& host, std::string_view file) {
  engine::Keyspace& keyspace = host.server.keyspace;
  engine::rdb::LoadOptions options;
  options.limits = &keyspace.limits();
  options.find_type = [&](uint64_t id) { return host.server.types.FindById(id); };
  options.add_key = [&](engine::rdb::LoadedKey loaded) -> Status {
    keyspace.Put(loaded.db, loaded.key, std::move(loaded.value));
    if (loaded.expire_at_ms) keyspace.SetExpiry(loaded.db, loaded.key, *loaded.expire_at_ms);
    return {};
  };
  return engine::rdb::LoadFile(file, options);
}

std::string DigestOf(module::Host& host) {
  engine::DatasetDigest digest;
  for (int i = 0; i < host.server.keyspace.db_count(); ++i) {
    const Db& db = host.server.keyspace.db(i);
    if (db.keys.empty()) continue;
    digest.StartDatabase(i);
    ForEachEntry(db, [&](const std::string& key, const Entry& entry) {
      const bool expires = entry.expire_at_ms != kNoExpiry;
      digest.AddKey(entry.value, {.key = key, .db = i},
                    expires ? engine::Expires::kYes : engine::Expires::kNo);
    });
  }
  return digest.digest().ToHex();
}

bool HasData(const module::Host& host) {
  for (int i = 0; i < host.server.keyspace.db_count(); ++i)
    if (host.server.keyspace.size(i) > 0) return true;
  return false;
}

int CountModuleValues(module::Host& host) {
  int count = 0;
  for (int i = 0; i < host.server.keyspace.db_count(); ++i) {
    ForEachEntry(host.server.keyspace.db(i), [&](const std::string&, const Entry& entry) {
      count += std::holds_alternative<engine::Opaque>(entry.value) ? 1 : 0;
    });
  }
  return count;
}

Result<std::unique_ptr<module::Host>> LikeHost(const module::Host& host, uint64_t seed) {
  auto like = std::make_unique<module::Host>(
      host.server.clock, module::Host::Options{.api = host.api, .mode = host.mode, .seed = seed});
  for (const auto& module : host.modules()) {
    const auto loaded = module::LoadModule(*like, module->path, module->args);
    if (!loaded) return tl::unexpected(loaded.error());
  }
  return like;
}

}  // namespace modcert::oracle
