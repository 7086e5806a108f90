#include "engine/dataset_files.h"

#include <cerrno>
#include <fstream>
#include <optional>
#include <sstream>

#include "engine/persistence.h"
#include "engine/replication.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

bool IsOfMachine(const std::string& path) { return path.starts_with('/'); }

// Whether a file below the server's directory can be made there.
bool HasDirectory(const Files& files, const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return true;
  const auto next = files.all().lower_bound(path.substr(0, slash + 1));
  return next != files.all().end() && next->first.starts_with(path.substr(0, slash + 1));
}

int WriteFile(const std::string& path, const std::string& bytes) {
  errno = 0;
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << bytes;
  out.close();
  if (out) return 0;
  return errno != 0 ? errno : EIO;
}

std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return std::move(bytes).str();
}

std::optional<std::string> BytesOf(const Files& files, const std::string& path) {
  if (IsOfMachine(path)) return ReadFile(path);
  const std::string* bytes = files.Find(path);
  return bytes ? std::optional(*bytes) : std::nullopt;
}

// What was read is not propagated: replicas copy it.
Status Load(Server& server, std::string_view bytes) {
  server.propagation.set_muted(true);
  server.is_loading = true;
  const Result<LoadedDataset> loaded = LoadDataset(server, bytes);
  server.is_loading = false;
  server.propagation.set_muted(false);
  if (!loaded) return tl::unexpected(loaded.error());
  return {};
}

}  // namespace

int SaveDatasetTo(Server& server, const std::string& path) {
  std::string bytes = SaveDataset(server);
  if (IsOfMachine(path)) return WriteFile(path, bytes);
  // rdbfile.save-fails
  if (!HasDirectory(server.persistence->files, path)) return ENOENT;
  server.persistence->files.Put(path, std::move(bytes));
  return 0;
}

int LoadDatasetFrom(Server& server, const std::string& path) {
  // rdbfile.load-not-on-replica
  if (server.replication->is_replica()) return ENOTSUP;
  Persistence& persistence = *server.persistence;
  persistence.BeforeOtherData();
  server.keyspace.Flush(-1);
  const std::optional<std::string> bytes = BytesOf(persistence.files, path);
  const Status loaded = bytes ? Load(server, *bytes) : Status();
  if (!loaded) server.log.Write(ServerLog::Level::kWarning, loaded.error().ToString());
  persistence.AppendOnlyChanged();    // rdbfile.aof-starts-again
  server.replication->StartAfresh();  // rdbfile.replicas-copy
  if (!bytes) return ENOENT;          // rdbfile.load-no-file
  return loaded ? 0 : EIO;            // rdbfile.load-bad-file
}

}  // namespace modcert::engine
