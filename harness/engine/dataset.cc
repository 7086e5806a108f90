#include "engine/dataset.h"

#include <fmt/format.h>

#include "engine/persistence.h"
#include "engine/rdb/file.h"
#include "engine/scripting/scripting.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

std::vector<std::string_view> FunctionLibraries(const Server& server) {
  std::vector<std::string_view> sources;
  if (const scripting::Scripting* scripting = server.scripting_if_any())
    for (const auto& [name, library] : scripting->functions.libraries())
      sources.push_back(library.code);
  return sources;
}

// A library of the file takes the place of one that has its name.
Status LoadFunctionLibrary(Server& server, std::string_view source) {
  const auto name = server.scripting().functions.Load(
      source, scripting::FunctionLibraries::OnCollision::kReplace);
  return name ? Status() : Fail("function library", name.error());
}

std::optional<int64_t> ExpiryOf(const Entry& entry) {
  if (entry.expire_at_ms == kNoExpiry) return std::nullopt;
  return entry.expire_at_ms;
}

Status AddLoadedKey(Server& server, rdb::LoadedKey key, const LoadRules& rules,
                    LoadedDataset& loaded) {
  if (rules.expired == LoadRules::Expired::kLeaveOut && key.expire_at_ms &&
      *key.expire_at_ms < server.clock.now_ms()) {
    ++loaded.keys_expired;
    return {};
  }
  if (key.db >= server.keyspace.db_count())
    return Fail("db " + std::to_string(key.db), "the server has no such database");
  if (server.keyspace.Peek(key.db, key.key)) {
    if (rules.duplicate == LoadRules::Duplicate::kFail)
      return Fail(fmt::format("key '{}'", key.key), "stands in the keyspace already");
    server.keyspace.Remove(key.db, key.key);
  }
  auto entry = std::make_unique<Entry>(Entry{.value = std::move(key.value)});
  if (key.expire_at_ms) entry->expire_at_ms = *key.expire_at_ms;
  if (key.frequency) entry->frequency = *key.frequency;
  entry->metadata = std::move(key.metadata);
  server.keyspace.AttachLoaded(key.db, key.key, std::move(entry));
  ++loaded.keys_loaded;
  return {};
}

// Tells of the progress as often as a server looks up from its reading.
std::function<void(size_t done)> ProgressTeller(Server& server, size_t file_size) {
  if (!server.events.wants<LoadingProgress>()) return {};
  constexpr size_t kIntervalSize = 2 * 1024 * 1024;  // loading-process-events-interval-bytes
  return [&server, file_size, told = size_t{0}](size_t done) mutable {
    if (done / kIntervalSize == told) return;
    told = done / kIntervalSize;
    server.persistence->NoteProgress(LoadingProgress::kRdb, done, file_size);
  };
}

}  // namespace

std::string SaveDataset(const Server& server, SavedAs as) {
  const Keyspace& keyspace = server.keyspace;
  std::vector<rdb::SavedDatabase> databases;
  for (int i = 0; i < keyspace.db_count(); ++i) {
    const Db& db = keyspace.db(i);
    databases.push_back({.index = i,
                         .key_count = db.keys.size(),
                         .expire_count = db.expiries.size(),
                         .for_each_key = [&db](const auto& save) {
                           db.keys.ForEach([&](const std::string& key, const auto& entry) {
                             save({key, &entry->value, ExpiryOf(*entry), entry->metadata.get()});
                           });
                         }});
  }
  return rdb::SaveFile(databases, {.writer = {server.config.rdb_compression,
                                              server.config.encoding.list_max_listpack_size},
                                   .redis_version = server.version,
                                   .unix_time_s = server.clock.now_ms() / 1000,
                                   .function_libraries = FunctionLibraries(server),
                                   .aof_base = as == SavedAs::kAofBase,
                                   .module_types = server.types.all()});
}

Result<LoadedDataset> LoadDataset(Server& server, std::string_view file, const LoadRules& rules) {
  LoadedDataset loaded;
  const Result<size_t> size = rdb::LoadPreamble(
      file,
      {.limits = &server.config.encoding,
       .find_type = [&](uint64_t id) { return server.types.FindById(id); },
       .key_meta_classes = &server.key_meta_classes,
       .add_key =
           [&](rdb::LoadedKey key) { return AddLoadedKey(server, std::move(key), rules, loaded); },
       .add_function_library =
           [&](std::string_view source) { return LoadFunctionLibrary(server, source); },
       .on_progress = ProgressTeller(server, file.size())});
  if (!size) return tl::unexpected(size.error());
  loaded.size = *size;
  return loaded;
}

Result<LoadedDataset> LoadDataset(Server& server, std::string_view file) {
  return LoadDataset(server, file, LoadRules());
}

Digest DigestOfDataset(const Server& server) {
  const Keyspace& keyspace = server.keyspace;
  DatasetDigest digest;
  for (int i = 0; i < keyspace.db_count(); ++i) {
    const Db& db = keyspace.db(i);
    if (db.keys.empty()) continue;
    digest.StartDatabase(i);
    db.keys.ForEach([&](const std::string& key, const auto& entry) {
      digest.AddKey(entry->value, {key, i}, ExpiryOf(*entry) ? Expires::kYes : Expires::kNo);
    });
  }
  return digest.digest();
}

}  // namespace modcert::engine
