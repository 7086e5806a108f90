#include "engine/persistence.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/parse_number.h"
#include "base/split_args.h"
#include "engine/forked_process.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

// A real child takes a few milliseconds, and the server notices its end within a tenth of a second.
constexpr int64_t kChildMs = 100;

int64_t Number(const Server& server, std::string_view parameter) {
  return ParseInteger(server.config.Get(parameter)).value_or(0);
}

struct SavePoint {
  int64_t seconds;
  int64_t changes;
};

// "3600 1 300 100": the value of `save`.
std::vector<SavePoint> SavePoints(const Server& server) {
  std::vector<SavePoint> points;
  const auto words = SplitArgs(server.config.Get("save"));
  for (size_t i = 0; words && i + 1 < words->size(); i += 2)
    points.push_back(
        {ParseInteger((*words)[i]).value_or(0), ParseInteger((*words)[i + 1]).value_or(0)});
  return points;
}

}  // namespace

Persistence::Persistence(Server& server) : aof(server, files), server_(server) {
  server.propagation.SetListener(
      [this](std::span<const Propagation::Item> unit) { aof.Append(unit); });
}

std::string Persistence::RdbPath() const { return server_.config.Get("dbfilename"); }

void Persistence::Save() {
  WriteRdb();
  ++server_.stats.rdb_saves;
}

void Persistence::WriteRdb() {
  server_.events.Fire(PersistenceStep{PersistenceStep::kSyncRdbStart});
  files.Put(RdbPath(), SaveDataset(server_));
  server_.events.Fire(PersistenceStep{PersistenceStep::kEnded});
  server_.stats.dirty = 0;
  server_.stats.lastsave_s = server_.clock.now_ms() / 1000;
}

std::string Persistence::SaveInChild() {
  const auto save = [this] { return Result<std::string>(SaveDataset(server_)); };
  return MakeInChild(PersistenceStep::kRdbStart, save).value_or(std::string());
}

Result<std::string> Persistence::MakeInChild(PersistenceStep::Step begins, const MakeFile& make) {
  const auto work = [&] {
    in_child_ = true;
    Result<std::string> made = MakeHere(begins, make);
    in_child_ = false;
    return made;
  };
  // hook.persistence-in-child: whoever wants to hear of it does so in a process of its own.
  return server_.events.wants<PersistenceStep>() ? InForkedProcess(work) : work();
}

Result<std::string> Persistence::MakeHere(PersistenceStep::Step begins, const MakeFile& make) {
  server_.events.Fire(PersistenceStep{begins});
  Result<std::string> made = make();
  server_.events.Fire(PersistenceStep{made ? PersistenceStep::kEnded : PersistenceStep::kFailed});
  return made;
}

Persistence::Started Persistence::StartSave(bool may_wait, bool in_transaction) {
  if (child_ == Child::kSave) return Started::kSameRuns;
  // fork.keeps-saves-away
  if (child_ != Child::kNone || in_transaction) {
    if (!may_wait && !in_transaction) return Started::kOtherRuns;
    save_scheduled_ = true;
    return Started::kScheduled;
  }
  BeginSave();
  return Started::kStarted;
}

Persistence::Started Persistence::StartRewrite(bool in_transaction) {
  if (child_ == Child::kRewrite) return Started::kSameRuns;
  if (child_ != Child::kNone || in_transaction) {
    rewrite_scheduled_ = true;
    return Started::kScheduled;
  }
  BeginRewrite();
  return Started::kStarted;
}

void Persistence::BeginSave() {
  child_ = Child::kSave;
  child_began_ms_ = server_.clock.now_ms();
  server_.events.Fire(ChildStep{ChildStep::kBorn});
  child_rdb_ = SaveInChild();
  dirty_at_begin_ = server_.stats.dirty;
  save_scheduled_ = false;
  ++server_.stats.rdb_saves;
}

// The child of a real server starts in any case and fails later; so this always starts one.
void Persistence::BeginRewrite() {
  rewrite_scheduled_ = false;
  child_ = Child::kRewrite;
  child_began_ms_ = server_.clock.now_ms();
  server_.events.Fire(ChildStep{ChildStep::kBorn});
  const Status begun = aof.BeginRewrite();
  if (!begun) server_.log.Write(ServerLog::Level::kWarning, begun.error().ToString());
  ++rewrites_;
}

bool Persistence::BeginModuleChild() {
  if (child_ != Child::kNone) return false;
  child_ = Child::kModule;
  return true;
}

void Persistence::EndChild() {
  const int64_t now_s = server_.clock.now_ms() / 1000;
  const int64_t took_s = (server_.clock.now_ms() - child_began_ms_) / 1000;
  const Child child = std::exchange(child_, Child::kNone);
  server_.events.Fire(ChildStep{ChildStep::kDied});
  if (child == Child::kSave) {
    files.Put(RdbPath(), std::exchange(child_rdb_, {}));
    server_.stats.dirty -= dirty_at_begin_;
    server_.stats.lastsave_s = now_s;
    last_save_time_s_ = took_s;
    return;
  }
  last_rewrite_time_s_ = took_s;
  last_rewrite_failed_ = !aof.has_begun_rewrite();
  rewrite_failures_ = last_rewrite_failed_ ? rewrite_failures_ + 1 : 0;
  if (!last_rewrite_failed_) aof.EndRewrite();
  // Nothing counts before the first rewrite is through.
  if (aof.state() == AppendOnlyFile::State::kWaitForRewrite) rewrite_scheduled_ = true;
}

void Persistence::AppendOnlyChanged() {
  const bool on = server_.config.Get("appendonly") == "yes";
  const bool was_on = aof.state() != AppendOnlyFile::State::kOff;
  if (on == was_on) return;
  if (!on) return aof.Close();
  aof.WaitForRewrite();
  if (child_ != Child::kNone)
    rewrite_scheduled_ = true;
  else
    BeginRewrite();
}

void Persistence::BeforeOtherData() {
  child_ = Child::kNone;
  child_rdb_.clear();
  aof.Close();
}

Status Persistence::ReloadRdb(const LoadRules& rules) {
  const std::string* bytes = files.Find(RdbPath());
  if (!bytes) return Fail(RdbPath(), "there is no such file");
  server_.is_loading = true;
  server_.events.Fire(LoadingStep{LoadingStep::kRdbStart});
  const Result<LoadedDataset> loaded = LoadDataset(server_, *bytes, rules);
  server_.is_loading = false;
  server_.events.Fire(LoadingStep{loaded ? LoadingStep::kEnded : LoadingStep::kFailed});
  if (!loaded) return tl::unexpected(loaded.error());
  keys_loaded_ = loaded->keys_loaded;
  keys_expired_ = loaded->keys_expired;
  return {};
}

Status Persistence::ReloadAof() {
  // What is read was propagated when it was written.
  server_.propagation.set_muted(true);
  server_.is_loading = true;
  // hook.loading-preamble: a snapshot at the beginning of the file is no event of its own.
  server_.events.Fire(LoadingStep{LoadingStep::kAofStart});
  const Status loaded = aof.Load();
  server_.is_loading = false;
  server_.events.Fire(LoadingStep{loaded ? LoadingStep::kEnded : LoadingStep::kFailed});
  server_.propagation.set_muted(false);
  return loaded;
}

Status Persistence::LoadAtStart() {
  const bool on = server_.config.Get("appendonly") == "yes";
  // What was configured before the start has changed nothing at run time.
  aof.Close();
  child_ = Child::kNone;
  rewrites_ = 0;
  Status loaded;
  if (on && aof.HasFiles())
    loaded = ReloadAof();
  else if (!on && files.Find(RdbPath()))
    loaded = ReloadRdb({});
  if (loaded && on) aof.OpenAtStart();
  server_.stats.dirty = 0;
  return loaded;
}

void Persistence::NoteProgress(LoadingProgress::Source source, size_t done, size_t size) {
  const int64_t now_ms = server_.clock.now_ms();
  if (now_ms < next_progress_ms_ || size == 0) return;
  next_progress_ms_ = now_ms + 1000 / std::max<int64_t>(Number(server_, "hz"), 1);
  server_.events.Fire(LoadingProgress{source, static_cast<int>((done << 10) / size)});
}

bool Persistence::HasGrown() const {
  const int64_t percentage = Number(server_, "auto-aof-rewrite-percentage");
  if (aof.state() != AppendOnlyFile::State::kOn || percentage == 0) return false;
  const int64_t size = aof.current_size();
  const int64_t base = std::max<int64_t>(aof.base_size(), 1);
  return size > Number(server_, "auto-aof-rewrite-min-size") &&
         (size - base) * 100 / base >= percentage;
}

std::optional<int64_t> Persistence::NextSavePoint() const {
  std::optional<int64_t> next;
  for (const SavePoint& point : SavePoints(server_)) {
    if (server_.stats.dirty < point.changes) continue;
    const int64_t due_ms = (server_.stats.lastsave_s + point.seconds + 1) * 1000;
    if (!next || due_ms < *next) next = due_ms;
  }
  return next;
}

void Persistence::StartScheduled() {
  if (child_ == Child::kNone && rewrite_scheduled_) BeginRewrite();
  if (child_ == Child::kNone && save_scheduled_) BeginSave();
}

void Persistence::RunDue() {
  const int64_t now_ms = server_.clock.now_ms();
  const bool is_ours = child_ == Child::kSave || child_ == Child::kRewrite;
  if (is_ours && now_ms >= child_began_ms_ + kChildMs) EndChild();
  StartScheduled();
  if (child_ != Child::kNone) return;
  const std::optional<int64_t> save_point = NextSavePoint();
  if (save_point && *save_point <= now_ms)
    BeginSave();
  else if (HasGrown())
    BeginRewrite();
}

std::optional<int64_t> Persistence::NextDue() const {
  if (child_ == Child::kModule) return std::nullopt;
  if (child_ != Child::kNone) return child_began_ms_ + kChildMs;
  if (rewrite_scheduled_ || save_scheduled_ || HasGrown()) return server_.clock.now_ms();
  return NextSavePoint();
}

std::string Persistence::Info() const {
  const int64_t now_ms = server_.clock.now_ms();
  const auto running_s = [&](Child child) {
    return child_ == child ? (now_ms - child_began_ms_) / 1000 : -1;
  };
  const bool is_on = aof.state() != AppendOnlyFile::State::kOff;
  std::string text = fmt::format(
      "loading:0\r\nasync_loading:0\r\ncurrent_cow_peak:0\r\ncurrent_cow_size:0\r\n"
      "current_cow_size_age:0\r\ncurrent_fork_perc:{:.2f}\r\ncurrent_save_keys_processed:0\r\n"
      "current_save_keys_total:0\r\nrdb_changes_since_last_save:{}\r\nrdb_bgsave_in_progress:{}\r\n"
      "rdb_last_save_time:{}\r\nrdb_last_bgsave_status:ok\r\nrdb_last_bgsave_time_sec:{}\r\n"
      "rdb_current_bgsave_time_sec:{}\r\nrdb_saves:{}\r\nrdb_last_cow_size:0\r\n"
      "rdb_last_load_keys_expired:{}\r\nrdb_last_load_keys_loaded:{}\r\naof_enabled:{}\r\n"
      "aof_rewrite_in_progress:{}\r\naof_rewrite_scheduled:{}\r\naof_last_rewrite_time_sec:{}\r\n"
      "aof_current_rewrite_time_sec:{}\r\naof_last_bgrewrite_status:{}\r\naof_rewrites:{}\r\n"
      "aof_rewrites_consecutive_failures:{}\r\naof_last_write_status:ok\r\naof_last_cow_size:0\r\n"
      "module_fork_in_progress:{}\r\nmodule_fork_last_cow_size:0\r\n",
      child_ == Child::kModule && module_child_progress ? module_child_progress() * 100 : 0.0,
      server_.stats.dirty, child_ == Child::kSave ? 1 : 0, server_.stats.lastsave_s,
      last_save_time_s_, running_s(Child::kSave), server_.stats.rdb_saves, keys_expired_,
      keys_loaded_, is_on ? 1 : 0, child_ == Child::kRewrite ? 1 : 0, rewrite_scheduled_ ? 1 : 0,
      last_rewrite_time_s_, running_s(Child::kRewrite), last_rewrite_failed_ ? "err" : "ok",
      rewrites_, rewrite_failures_, child_ == Child::kModule ? 1 : 0);
  if (is_on)
    text += fmt::format(
        "aof_current_size:{}\r\naof_base_size:{}\r\naof_pending_rewrite:0\r\n"
        "aof_buffer_length:0\r\naof_pending_bio_fsync:0\r\naof_delayed_fsync:0\r\n",
        aof.current_size(), aof.base_size());
  return text;
}

}  // namespace modcert::engine
