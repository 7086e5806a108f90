#include "engine/append_only_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/aof_load.h"
#include "engine/aof_rewrite.h"
#include "engine/persistence.h"
#include "engine/server.h"
#include "resp/request.h"

namespace modcert::engine {
namespace {

bool IsYes(const Server& server, std::string_view parameter) {
  return server.config.Get(parameter) == "yes";
}

}  // namespace

std::string AppendOnlyFile::Path(std::string_view name) const {
  return fmt::format("{}/{}", server_.config.Get("appenddirname"), name);
}

std::string AppendOnlyFile::Name(std::string_view rest) const {
  return fmt::format("{}.{}", server_.config.Get("appendfilename"), rest);
}

void AppendOnlyFile::StoreManifest() { files_.Put(Path(Name("manifest")), manifest_.ToText()); }

bool AppendOnlyFile::HasFiles() const { return files_.Find(Path(Name("manifest"))) != nullptr; }

void AppendOnlyFile::NewIncremental() {
  const int64_t sequence = manifest_.incremental_sequence() + 1;
  manifest_.incremental.push_back({Name(fmt::format("{}.incr.aof", sequence)), sequence});
  files_.Put(Path(manifest_.incremental.back().name), {});
  selected_db_ = -1;
}

void AppendOnlyFile::OpenAtStart() {
  state_ = State::kOn;
  new_base_.reset();
  if (manifest_.empty()) {
    new_base_is_rdb_ = IsYes(server_, "aof-use-rdb-preamble");
    // Nothing is there yet, so no module can make the rewrite fail.
    const Result<std::string> base = server_.persistence->MakeHere(PersistenceStep::kSyncAofStart,
                                                                   [this] { return MakeBase(); });
    manifest_.base = {Name(fmt::format("1.base.{}", new_base_is_rdb_ ? "rdb" : "aof")), 1};
    files_.Put(Path(manifest_.base->name), base.value_or(std::string()));
  }
  if (manifest_.incremental.empty()) NewIncremental();
  StoreManifest();
  base_size_ = current_size();
}

// "#TS:1700000000", once for each second.
std::string AppendOnlyFile::Annotation(bool always) {
  if (!IsYes(server_, "aof-timestamp-enabled")) return {};
  const int64_t now_s = server_.clock.now_ms() / 1000;
  if (!always && now_s <= annotated_s_) return {};
  annotated_s_ = now_s;
  return fmt::format("#TS:{}\r\n", now_s);
}

void AppendOnlyFile::Write(std::span<const std::string> args, std::string& text) {
  resp::AppendRequest(args, text);
}

void AppendOnlyFile::Append(std::span<const Propagation::Item> unit) {
  if (state_ == State::kOff || (state_ == State::kWaitForRewrite && !has_begun_rewrite())) return;
  const auto is_for_aof = [](const Propagation::Item& item) {
    return item.to == PropagateTo::kAof || item.to == PropagateTo::kAll;
  };
  std::string text;
  const std::string multi[] = {"MULTI"};
  const std::string exec[] = {"EXEC"};
  const bool transaction = std::count_if(unit.begin(), unit.end(), is_for_aof) > 1;
  bool first = true;
  for (const Propagation::Item& item : unit) {
    if (!is_for_aof(item)) continue;
    text += Annotation(false);
    if (item.db != selected_db_) {
      const std::string select[] = {"SELECT", std::to_string(item.db)};
      Write(select, text);
      selected_db_ = item.db;
    }
    if (first && transaction) Write(multi, text);
    first = false;
    Write(item.args, text);
  }
  if (transaction) Write(exec, text);
  if (state_ == State::kOn)
    files_.Append(Path(manifest_.incremental.back().name), text);
  else
    unlisted_ += text;
}

Result<std::string> AppendOnlyFile::MakeBase() const {
  if (new_base_is_rdb_) return SaveDataset(server_, SavedAs::kAofBase);
  std::string text;
  if (IsYes(server_, "aof-timestamp-enabled"))
    text = fmt::format("#TS:{}\r\n", server_.clock.now_ms() / 1000);
  const Status rewritten = RewriteDataset(
      server_, [&](const std::vector<std::string>& args) { resp::AppendRequest(args, text); });
  if (!rewritten) return tl::unexpected(rewritten.error());
  return text;
}

Status AppendOnlyFile::BeginRewrite() {
  new_base_is_rdb_ = IsYes(server_, "aof-use-rdb-preamble");
  Result<std::string> base =
      server_.persistence->MakeInChild(PersistenceStep::kAofStart, [this] { return MakeBase(); });
  if (!base) return tl::unexpected(base.error());
  new_base_ = *std::move(base);
  unlisted_.clear();
  selected_db_ = -1;
  if (state_ == State::kOn) {
    NewIncremental();
    StoreManifest();
  }
  return {};
}

void AppendOnlyFile::EndRewrite() {
  const int64_t sequence = manifest_.base_sequence() + 1;
  const bool counts = state_ == State::kOn;
  AofManifest old = manifest_;
  manifest_.base = {Name(fmt::format("{}.base.{}", sequence, new_base_is_rdb_ ? "rdb" : "aof")),
                    sequence};
  files_.Put(Path(manifest_.base->name), *std::exchange(new_base_, std::nullopt));
  if (old.base) files_.Remove(Path(old.base->name));
  // The last incremental file came after the base; without one in use, all came before it.
  const size_t kept = counts ? 1 : 0;
  while (manifest_.incremental.size() > kept) {
    files_.Remove(Path(manifest_.incremental.front().name));
    manifest_.incremental.erase(manifest_.incremental.begin());
  }
  if (state_ == State::kWaitForRewrite) {
    const int64_t next = old.incremental_sequence() + 1;
    manifest_.incremental.push_back({Name(fmt::format("{}.incr.aof", next)), next});
    files_.Put(Path(manifest_.incremental.back().name), std::exchange(unlisted_, {}));
    state_ = State::kOn;
  }
  StoreManifest();
  base_size_ = current_size();
}

int64_t AppendOnlyFile::current_size() const {
  size_t size = manifest_.base ? files_.SizeOf(Path(manifest_.base->name)) : 0;
  for (const AofManifest::File& file : manifest_.incremental)
    size += files_.SizeOf(Path(file.name));
  return static_cast<int64_t>(size);
}

Status AppendOnlyFile::LoadPart(const AofManifest::File& file, bool is_last) {
  const std::string path = Path(file.name);
  const std::string* bytes = files_.Find(path);
  if (!bytes) return Fail(path, "The AOF file is missing", "restore it, or correct the manifest");
  const Result<LoadedAofPart> part = LoadAofPart(server_, *bytes);
  if (!part) return Fail(path, part.error().problem, part.error().remedy);
  if (part->whole_size == bytes->size()) return {};
  if (!is_last || !IsYes(server_, "aof-load-truncated"))
    return Fail(path, "Unexpected end of file reading the append only file",
                "set aof-load-truncated, when it is the last file that is cut off");
  server_.log.Write(ServerLog::Level::kWarning,
                    fmt::format("AOF {} loaded anyway because aof-load-truncated is enabled; "
                                "truncated to {} bytes",
                                file.name, part->whole_size));
  files_.Put(path, bytes->substr(0, part->whole_size));
  return {};
}

Status AppendOnlyFile::Load() {
  // What is read is not written once more, and meanwhile the server says that it has no such file.
  const State state = std::exchange(state_, State::kOff);
  Status loaded = LoadParts();
  state_ = state;
  return loaded;
}

Status AppendOnlyFile::LoadParts() {
  const std::string* text = files_.Find(Path(Name("manifest")));
  if (!text) return Fail(Path(Name("manifest")), "there is no append-only file");
  Result<AofManifest> manifest = ParseAofManifest(*text);
  if (!manifest) return tl::unexpected(manifest.error());
  manifest_ = *std::move(manifest);
  for (const AofManifest::File& file : manifest_.history) files_.Remove(Path(file.name));
  manifest_.history.clear();
  if (manifest_.base)
    if (Status loaded = LoadPart(*manifest_.base, manifest_.incremental.empty()); !loaded)
      return loaded;
  for (const AofManifest::File& file : manifest_.incremental)
    if (Status loaded = LoadPart(file, &file == &manifest_.incremental.back()); !loaded)
      return loaded;
  base_size_ = manifest_.base ? static_cast<int64_t>(files_.SizeOf(Path(manifest_.base->name))) : 0;
  // Whoever appends next selects its database again.
  selected_db_ = -1;
  return {};
}

}  // namespace modcert::engine
