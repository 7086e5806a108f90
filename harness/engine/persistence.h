// Saving and loading: RDB snapshots, the append-only file, and the children that a server forks for
// both.
//
// A child has the data as they were when it began, and ends a moment later on the clock: what it
// made is in place only then, as on a real server.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "engine/append_only_file.h"
#include "engine/dataset.h"
#include "engine/files.h"
#include "engine/server_events.h"

namespace modcert::engine {

class Server;

// Owned by Server.
class Persistence {
 public:
  explicit Persistence(Server& server);

  Files files;
  AppendOnlyFile aof;

  // What a child writes, as it is in this moment.
  std::string SaveInChild();
  // The same for any file. `begins` is what modules hear at its beginning, which they do in a real
  // child: what it changes in their memory goes with it.
  using MakeFile = std::function<Result<std::string>()>;
  Result<std::string> MakeInChild(PersistenceStep::Step begins, const MakeFile& make);
  // The same, by the server itself.
  Result<std::string> MakeHere(PersistenceStep::Step begins, const MakeFile& make);
  // A child is at work; the one who asks is a child.
  bool has_child() const { return child_ != Child::kNone && !in_child_; }
  bool in_child() const { return in_child_; }
  // The child of a module, which is a real one: the server has one child at a time. False when
  // there is another.
  bool BeginModuleChild();
  void EndModuleChild() { child_ = Child::kNone; }
  // In the process of that child.
  void BecomeModuleChild() { in_child_ = true; }
  // How far it says that it is, from 0 to 1.
  std::function<double()> module_child_progress;

  // What came of the wish for a child.
  enum class Started { kStarted, kScheduled, kSameRuns, kOtherRuns };

  // SAVE; and what DEBUG RELOAD does before it reads, which does not count.
  void Save();
  void WriteRdb();
  bool saves_in_background() const { return child_ == Child::kSave; }
  // BGSAVE. When another child runs, it waits for that only if `may_wait`. Inside of a transaction
  // no child starts: it waits in any case.
  Started StartSave(bool may_wait, bool in_transaction);
  // BGREWRITEAOF, which always may wait.
  Started StartRewrite(bool in_transaction);

  // `appendonly` was changed by CONFIG SET.
  void AppendOnlyChanged();
  // The data are about to become others, and not by commands: what a child saves of them is of no
  // use any more, nor is the append-only file, which AppendOnlyChanged starts again.
  void BeforeOtherData();
  // Reads what a server reads when it starts: the append-only file when it is on and there, or else
  // the RDB file. Nothing there is no error.
  Status LoadAtStart();
  // DEBUG RELOAD and DEBUG LOADAOF, on a keyspace that the caller has emptied or not.
  Status ReloadRdb(const LoadRules& rules);
  Status ReloadAof();

  // So much of a file has been read: modules hear of it now and then.
  void NoteProgress(LoadingProgress::Source source, size_t done, size_t size);

  // Children end, what is scheduled starts, save points are reached, the append-only file has
  // grown. Called as time passes.
  void RunDue();
  std::optional<int64_t> NextDue() const;

  // The section of INFO.
  std::string Info() const;
  int64_t keys_loaded() const { return keys_loaded_; }

 private:
  enum class Child { kNone, kSave, kRewrite, kModule };

  void BeginSave();
  void BeginRewrite();
  void EndChild();
  void StartScheduled();
  std::optional<int64_t> NextSavePoint() const;
  bool HasGrown() const;
  std::string RdbPath() const;

  Server& server_;
  Child child_ = Child::kNone;
  bool in_child_ = false;
  int64_t child_began_ms_ = 0;
  std::string child_rdb_;       // what the child of a BGSAVE is writing
  int64_t dirty_at_begin_ = 0;  // changes that the child has seen
  bool save_scheduled_ = false;
  bool rewrite_scheduled_ = false;
  bool last_rewrite_failed_ = false;
  int64_t rewrite_failures_ = 0;  // since the last that went well
  int64_t rewrites_ = 0;
  int64_t last_save_time_s_ = -1;
  int64_t last_rewrite_time_s_ = -1;
  int64_t next_progress_ms_ = 0;  // modules hear of a load at most `hz` times a second
  int64_t keys_loaded_ = 0;
  int64_t keys_expired_ = 0;
};

}  // namespace modcert::engine
