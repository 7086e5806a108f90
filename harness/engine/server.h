// The miniature server: a joint that owns the parts and runs commands through them.
//
// No sockets, no threads, no time of its own. Whoever drives it (a target, a module's Call)
// connects clients, executes commands for them and takes the bytes from their output. All functions
// need the host's lock when modules with threads are about.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "engine/acl.h"
#include "engine/blocking.h"
#include "engine/client.h"
#include "engine/command.h"
#include "engine/config.h"
#include "engine/keyspace.h"
#include "engine/latency.h"
#include "engine/notify.h"
#include "engine/propagation.h"
#include "engine/pubsub.h"
#include "engine/server_events.h"
#include "engine/server_log.h"
#include "engine/slowlog.h"
#include "engine/stats.h"
#include "engine/timers.h"
#include "engine/tracking.h"
#include "engine/value/opaque_types.h"

namespace modcert::engine {

namespace scripting {
class Scripting;
}
class Cluster;
class CommandCall;
class Persistence;
class Replication;
struct ClusterRefusal;
struct ModuleMessage;

class Server {
 public:
  // The clock must outlive the server. Equal seeds give equal runs.
  explicit Server(const Clock& clock, uint64_t seed = 1);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The parts, in the order in which they depend on each other.
  const Clock& clock;
  Random random;
  Config config;
  ServerLog log;
  Stats stats;
  Propagation propagation;
  PubSub pubsub;
  Notifier notifier;
  ServerEvents events;
  OpaqueTypes types;
  KeyMetaClasses key_meta_classes;
  Keyspace keyspace;
  Blocking blocking;
  Timers timers;
  CommandTable commands;
  Acl acl;
  Tracking tracking;
  SlowLog slowlog;
  Latency latency;

  std::string version = "7.0.15";  // of Redis: what INFO, HELLO and saved files say
  // A Valkey's own version, besides that of the Redis it is compatible with; empty: a Redis.
  std::string valkey_version;
  std::string run_id;  // 40 hex digits, drawn from the seed
  int64_t started_at_ms;

  // Built on the parts above.
  std::unique_ptr<Persistence> persistence;
  std::unique_ptr<Replication> replication;
  // Null unless the server is a node of a cluster: whoever builds the servers says so.
  std::unique_ptr<Cluster> cluster;

  // SHUTDOWN: every connection ends. Whoever drives the server sees that it is down.
  void ShutDown();
  bool is_down() const { return is_down_; }

  // How many reasons of modules there are to keep the keys of slots that have moved away.
  int trim_holds = 0;

  // Takes the keys out of a database, or of all with -1: how many there were.
  size_t Empty(int db, FlushStep::Mode mode);
  // The same for FLUSHALL and its kin: clients that track keys are told.
  size_t Flush(int db, FlushStep::Mode mode);

  // Whether a replica may keep its data while it reads those of its primary: asks the modules.
  std::function<bool()> may_load_beside;

  // Data are being read: a file, or the copy of a primary's.
  bool is_loading = false;

  // Scripts and functions; made when the first command asks for them.
  scripting::Scripting& scripting();
  const scripting::Scripting* scripting_if_any() const { return scripting_.get(); }

  // A new connection; lives until Disconnect.
  Client& Connect(Client::Origin origin = Client::Origin::kUser);
  // Ends a connection: its blocked state, subscriptions, watches and transaction go with it.
  void Disconnect(Client& client);
  // The same from the server's side (CLIENT KILL, a user removed): whoever drives the client finds
  // it `closed` and calls Disconnect. The one whose command is running still gets its reply.
  void Kill(Client& client);
  // The same when the outermost unit of execution ends; until then the client is served no more.
  void KillSoon(Client& client);
  // The client is nobody any more and ends with the unit: its user was taken away.
  void Deauthenticate(Client& client);
  void DeauthenticateClientsOf(const AclUser& user);
  Client* FindClient(uint64_t id);
  const std::map<uint64_t, std::unique_ptr<Client>>& clients() const { return clients_; }
  // Hears of each client that goes, before it goes.
  std::function<void(Client&)> on_disconnect;

  // Runs a command that a client sent, as a server does: filters, lookup, checks, MULTI queue, the
  // command, propagation, then whatever became possible by it (blocked clients). The reply is in
  // the client's output. Input for a blocked client waits until it is served.
  void Execute(Client& client, Args args);

  // Why there is nothing to run, whoever asks: an unknown command, or one with another number of
  // arguments.
  static std::optional<Reply> RefusalOfForm(const Command* command,
                                            std::span<const std::string> args);
  // Why the dispatcher would refuse to run this command, or nothing: its form, permissions, state
  // of the client. What a user may not do is noted in the log of the ACL.
  std::optional<Reply> Refusal(Client& client, const Command* command,
                               std::span<const std::string> args);
  // The part of it that is about writes on a replica, or on a primary with too few replicas. For
  // scripts as well, whose commands are not those of a user.
  std::optional<Reply> RefusalOfRole(const Client& client, const Command& command) const;
  // The data are older than a replica's user wants, and the command does not say that it is fine.
  std::optional<Reply> RefusalOfStaleData(const Client& client, const Command& command) const;
  // More memory is used than maxmemory allows. Walks over all keys.
  bool IsMemoryFull() const;
  // The same as of the moment at which the running command of a module began.
  bool was_memory_full() const { return was_memory_full_; }

  // Runs a command for a client inside of something else (EXEC, a script, a module's Call): no
  // checks, no queueing. Propagates what the command asks for, to whom `to` says.
  Reply Run(Client& client, const Command& command, std::span<const std::string> args,
            PropagateTo to = PropagateTo::kAll);

  // The client sees the commands of all from now on; CLIENT KILL and RESET end it.
  void AddMonitor(Client& client);
  void RemoveMonitor(Client& client);
  // Shows a command to those who monitor.
  void FeedMonitors(const Client& client, std::span<const std::string> args);
  // The running command takes this long, for the slow log and LATENCY: the clock stands still.
  void Spend(int64_t us) { spent_us_ += us; }
  // The clock as of the moment at which the outermost command, or the last round of what was due,
  // began.
  int64_t cached_us() const { return cached_us_; }
  // Whose command is running, or null.
  Client* current() const { return current_; }

  // An error went to a client by other hands than a command's reply: a module's. For the
  // statistics.
  void CountErrorReply(std::string_view text);
  // The same where the client may be one that defers its errors.
  void CountErrorReply(Client& client, std::string_view text);

  // Serves the blocked clients whose keys became ready, and runs the input they held back. Called
  // at the end of every outermost unit of execution: by Execute, and by the module host after
  // timers and events of threads.
  void AfterUnit();
  // A client is no longer blocked: its held-back input runs in the next AfterUnit.
  void NoteUnblocked(Client& client);

  // Time has come to the clock's now: timers, expiry, timeouts of blocked clients.
  void RunDue();
  // The next moment at which RunDue has something to do.
  std::optional<int64_t> NextDue() const;

  // CLIENT PAUSE: commands of users wait until then, or only those that may change something. A
  // pause that runs already gets neither shorter nor weaker.
  enum class PauseMode { kWrites, kAll };
  void Pause(int64_t until_ms, PauseMode mode);
  void Unpause();
  bool is_paused() const { return clock.now_ms() < paused_until_ms_; }

  // Modules that decide who may log in. kOpen: none wants to; kWaits: the client is blocked, and
  // its command runs again when they have made up their mind.
  enum class Verdict { kOpen, kGranted, kDenied, kWaits };
  struct Authentication {
    Verdict verdict = Verdict::kOpen;
    std::string error = {};   // kDenied: what the client is told instead of the usual
    std::string module = {};  // that decided
  };
  std::function<Authentication(CommandCall& call, std::string_view user, std::string_view password)>
      authenticate;
  // Runs a command again that its client waited in.
  void RunAgain(Client& client, const Args& args);

  // A message for a module has come from another node.
  std::function<void(const ModuleMessage&)> on_module_message;

  // Runs when a command has run, wherever it came from, and before what it propagates goes out.
  std::function<void()> after_call;

  // Called on every command line before it is looked up; may change it.
  using CommandFilter = std::function<void(Client& client, Args& args)>;
  int AddCommandFilter(CommandFilter filter);
  void RemoveCommandFilter(int handle);
  void ApplyCommandFilters(Client& client, Args& args);

  // Hears that `activedefrag` was set, when set itself.
  std::function<void()> on_active_defrag_set;
  // What CONFIG REWRITE writes, among the files of the server; empty: it was started without one.
  std::string config_file;
  // The arguments of `loadmodule` for each module there is; not set: none.
  std::function<std::vector<Args>()> list_loadmodule;

  // Whether a command of a module may let others have their say in its middle, by Yield. Not set:
  // none does.
  std::function<bool(const Command& command)> may_yield;

  // The loaded modules as HELLO and MODULE LIST show them; not set: none.
  std::function<resp::Value()> list_modules;
  // What INFO says of modules: the lines of its section Modules, and the sections that modules have
  // of their own (those wanted by name, or `all`; `follows` says that text stands before them).
  std::function<std::string()> modules_info;
  std::function<std::string(const std::set<std::string, std::less<>>& wanted, bool all,
                            bool follows)>
      module_sections;

 private:
  std::optional<Reply> PermissionRefusal(Client& client, const Command& command,
                                         std::span<const std::string> args);
  void Release(Client& client);
  void AfterCommand(Client& client);
  // What is noted of a command that has run.
  void Observe(Client& client, CommandCall& call, int64_t duration_us);
  void ExecuteNow(Client& client, Args args);
  bool MayTakeLong(const Client& client, std::span<const std::string> args) const;
  bool IsBusy() const;
  void Answer(Client& client, Reply reply);
  void Reject(Client& client, const Command* command, std::span<const std::string> args,
              const Reply& error);
  void Resume(Client& client);
  void RunHeldInput(Client& client);
  void EndKilled();
  void Dispatch(Client& client, Args args);
  bool HasMemory(const Client& client);
  std::optional<int64_t> NextCronTick() const;
  void RunCron();
  class Awake;
  bool IsPaused(const Client& client, const Command& command) const;
  void Postpone(Client& client, Args args);
  std::optional<int64_t> PauseEnd() const;

  std::map<uint64_t, std::unique_ptr<Client>> clients_;
  std::map<uint64_t, std::unique_ptr<Client>> closed_clients_;
  Client* current_ = nullptr;  // whose command is running
  std::vector<Client*> monitors_;
  bool is_down_ = false;
  int64_t spent_us_ = 0;  // by all commands until now
  bool was_memory_full_ = false;
  int64_t cached_us_;
  uint64_t next_client_id_ = 1;
  std::vector<std::pair<int, CommandFilter>> filters_;
  int next_filter_ = 1;
  std::vector<uint64_t> ending_;     // ids of clients that KillSoon named
  std::vector<uint64_t> unblocked_;  // ids of clients whose held-back input may run now
  bool serving_ = false;             // AfterUnit does not nest
  int64_t last_cron_ms_ = 0;
  bool awake_ = false;  // between two sleeps of the event loop
  int64_t paused_until_ms_ = 0;
  PauseMode pause_mode_ = PauseMode::kWrites;
  // Last: a script that still runs is ended while everything else is there.
  std::unique_ptr<scripting::Scripting> scripting_;
};

// Advances a virtual clock to `at_ms`, stopping at each moment at which something is due.
void AdvanceTo(VirtualClock& clock, Server& server, int64_t at_ms);
// The same for several servers that share the clock.
void AdvanceTo(VirtualClock& clock, std::span<Server* const> servers, int64_t at_ms);

}  // namespace modcert::engine
