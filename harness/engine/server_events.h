// What happens to the server as a whole, told to whoever hosts it (modules).
//
// Each event is a struct of its own; one that nobody wants to hear of costs the test of a bit.
// Where an event has steps, their numbers are those of the Module API.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace modcert::engine {

class Client;
struct Entry;

// The server has become a primary, or the replica of one, or of another one.
struct RoleChanged {
  bool is_replica;
};

// A snapshot or an append-only file is written. What a child writes is told in the child only.
struct PersistenceStep {
  enum Step { kRdbStart, kAofStart, kSyncRdbStart, kEnded, kFailed, kSyncAofStart };
  Step step;
};

// Databases are emptied; -1 stands for all.
struct FlushStep {
  enum Step { kStart, kEnd };
  // As the command was given, without a word or with one.
  enum class Mode { kPlain, kSync, kAsync };
  Step step;
  int db;
  Mode mode;
};

// A file is read, or the copy of a primary's data.
struct LoadingStep {
  enum Step { kRdbStart, kAofStart, kReplicaStart, kEnded, kFailed };
  Step step;
};

struct LoadingProgress {
  enum Source { kRdb, kAof };
  Source source;
  int progress;  // 0 to 1024
};

struct ClientChange {
  enum Step { kConnected, kDisconnected };
  Step step;
  Client& client;
};

struct ShutdownBegins {};

struct ReplicaChange {
  enum Step { kOnline, kOffline };
  Step step;
};

struct PrimaryLinkChange {
  enum Step { kUp, kDown };
  Step step;
};

// Once for each period of `hz`.
struct CronTick {};

struct DatabasesSwapped {
  int first;
  int second;
};

// A replica keeps its data while it reads those of its primary (6.2).
struct BackupStep {
  enum Step { kCreate, kRestore, kDiscard };
  Step step;
};

// The same, and serves them meanwhile (7.0).
struct AsyncLoadStep {
  enum Step { kStarted, kAborted, kCompleted };
  Step step;
};

// A child for a snapshot, an append-only file or a module.
struct ChildStep {
  enum Step { kBorn, kDied };
  Step step;
};

// Around everything that the server does on behalf of somebody.
struct LoopStep {
  enum Step { kBeforeSleep, kAfterSleep };
  Step step;
};

// CONFIG SET has succeeded, with these parameters.
struct ConfigChanged {
  std::span<const std::string> names;
};

// A value is about to leave its key; both are still there.
struct KeyGone {
  enum Step { kDeleted, kExpired, kEvicted, kOverwritten };
  Step step;
  int db;
  std::string_view key;
  Entry& entry;
};

// Slots move between nodes as a whole.
struct SlotMigrationStep {
  enum Step {
    kImportStarted,
    kImportFailed,
    kImportCompleted,
    kMigrateStarted,
    kMigrateFailed,
    kMigrateCompleted,
    kModulePropagate,
    kModulePropagateEnd
  };
  Step step;
  std::string_view source_id;
  std::string_view destination_id;
  std::string_view task;
  std::span<const std::pair<int, int>> slots;
};

// The keys of slots that have moved away are deleted.
struct SlotTrimStep {
  enum Step { kStarted, kCompleted, kBackground };
  Step step;
  std::span<const std::pair<int, int>> slots;
};

// What a node knows of its cluster has changed.
struct TopologyChanged {
  enum Flag : uint64_t { kSlot = 1, kRole = 2, kState = 4, kNode = 8 };
  uint64_t flags;
};

// AUTH, or HELLO with AUTH.
struct AuthenticationTried {
  const Client& client;
  std::string_view user;
  std::string_view module;  // that decided; empty: none did
  bool granted;
};

// A command is over, or was refused.
struct CommandDone {
  enum class Result { kSuccess, kFailure, kRejected, kDenied };
  Result result;
  const Client& client;
  std::string_view command;
  std::span<const std::string> args;
  int64_t duration_us = 0;
  int64_t dirty = 0;
  int denial = 0;                 // kDenied: reason in the log of the ACL
  std::string_view context = {};  // of a refusal: the error, or the key or channel
};

using ServerEvent =
    std::variant<RoleChanged, PersistenceStep, FlushStep, LoadingStep, LoadingProgress,
                 ClientChange, ShutdownBegins, ReplicaChange, PrimaryLinkChange, CronTick,
                 DatabasesSwapped, BackupStep, AsyncLoadStep, ChildStep, LoopStep, ConfigChanged,
                 KeyGone, SlotMigrationStep, SlotTrimStep, TopologyChanged, AuthenticationTried,
                 CommandDone>;

// The bit of an event in a set of them.
template <typename Event, size_t kIndex = 0>
constexpr uint32_t EventBit() {
  if constexpr (std::is_same_v<Event, std::variant_alternative_t<kIndex, ServerEvent>>)
    return uint32_t{1} << kIndex;
  else
    return EventBit<Event, kIndex + 1>();
}

// Owned by Server. The listener is called where the event happens, with the host's lock held.
class ServerEvents {
 public:
  using Listener = std::function<void(const ServerEvent&)>;

  void SetListener(Listener listener) { listener_ = std::move(listener); }
  // Which events it wants to hear of, as EventBit has them.
  void SetWanted(uint32_t events) { wanted_ = events; }

  template <typename Event>
  bool wants() const {
    return (wanted_ & EventBit<Event>()) != 0;
  }
  template <typename Event>
  void Fire(const Event& event) const {
    if (wants<Event>()) listener_(event);
  }

 private:
  Listener listener_;
  uint32_t wanted_ = 0;
};

}  // namespace modcert::engine
