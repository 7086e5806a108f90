// The append-only file: what it takes to write each change down and read them all again.
//
// It is several files since 7.0: a base, which is an RDB file or commands that recreate the data,
// incremental files with what came after it, and a manifest that lists them. A rewrite begins a new
// incremental file, makes a new base in a child, and drops what both replace when the child ends.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/aof_manifest.h"
#include "engine/files.h"
#include "engine/propagation.h"

namespace modcert::engine {

class Server;

// Owned by Persistence, which decides when a rewrite starts and ends.
class AppendOnlyFile {
 public:
  enum class State {
    kOff,
    kWaitForRewrite,  // switched on at run time: it counts from the end of its first rewrite
    kOn,
  };

  AppendOnlyFile(Server& server, Files& files) : server_(server), files_(files) {}

  State state() const { return state_; }
  // With `appendonly yes` at start: goes on with the files that are there, or makes the first ones.
  void OpenAtStart();
  // `appendonly no`.
  void Close() { state_ = State::kOff; }

  // Writes a unit down; what is meant for replicas only is left out.
  void Append(std::span<const Propagation::Item> unit);

  // The child of a rewrite begins: its base is made of the data as they are now. The error is that
  // of a module whose aof_rewrite failed.
  Status BeginRewrite();
  // It ends: the new base is in place.
  void EndRewrite();
  bool has_begun_rewrite() const { return new_base_.has_value(); }
  // `appendonly yes` at run time, before the first rewrite begins.
  void WaitForRewrite() { state_ = State::kWaitForRewrite; }

  // Reads the manifest and all parts into the keyspace, which should be empty. A tail that is cut
  // off is dropped under aof-load-truncated. The error is what a server ends with.
  Status Load();
  bool HasFiles() const;

  // In bytes, as INFO says them.
  int64_t base_size() const { return base_size_; }
  int64_t current_size() const;

 private:
  std::string Path(std::string_view name) const;
  std::string Name(std::string_view rest) const;
  void NewIncremental();
  void StoreManifest();
  Result<std::string> MakeBase() const;
  std::string Annotation(bool always);
  void Write(std::span<const std::string> args, std::string& text);
  Status LoadParts();
  Status LoadPart(const AofManifest::File& file, bool is_last);

  Server& server_;
  Files& files_;
  State state_ = State::kOff;
  AofManifest manifest_;
  std::optional<std::string> new_base_;  // of the child
  bool new_base_is_rdb_ = false;
  std::string unlisted_;  // what came since the rewrite began, while there is no list to put it on
  int selected_db_ = -1;
  int64_t annotated_s_ = 0;
  int64_t base_size_ = 0;
};

}  // namespace modcert::engine
