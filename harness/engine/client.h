// A connection as the server sees it, without the socket: state, and the bytes it is owed.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/propagation.h"
#include "engine/pubsub.h"
#include "engine/reply.h"
#include "engine/value/value.h"
#include "resp/value.h"

namespace modcert::engine {

struct AclUser;
struct Command;
using Args = std::vector<std::string>;

// Why a client waits, and how the wait ends. Kept by the client; served by Blocking (blocking.h).
struct BlockedState {
  int db = 0;
  std::vector<std::string> keys;  // empty: a module unblocks the client by itself
  int64_t deadline_ms = 0;        // 0: waits for ever
  // Called when one of the keys may have become ready; answers the client and returns true when it
  // could be served. The command that blocked is run again in spirit, not by the dispatcher.
  std::function<bool(const std::string& key)> serve;
  // True for values of the type that it waits for. Not set: a module, which may want any.
  bool (*awaits)(const Value& value) = nullptr;
  // The reply when time is up or CLIENT UNBLOCK ... TIMEOUT comes; may write it itself.
  std::function<Reply()> on_timeout;
  bool may_be_unblocked = true;  // by CLIENT UNBLOCK
  // CLIENT PAUSE holds this client's command back; it stands first in waiting_input.
  bool postponed = false;
  // Called when the client goes away while blocked, or CLIENT UNBLOCK ends the wait with an error.
  std::function<void()> on_disconnect;
};

// Owned by Server, by id. `output` collects encoded replies and pushes in the order a socket would
// carry them; whoever drives the server takes it.
class Client {
 public:
  struct QueuedCommand {
    const Command* command;
    Args args;
  };
  // The transaction between MULTI and EXEC.
  struct Transaction {
    bool open = false;
    bool failed = false;  // a command was refused while queueing: EXECABORT
    bool dirty = false;   // a watched key changed: EXEC answers null
    std::vector<QueuedCommand> queue;
  };

  // A key that EXEC depends on.
  struct WatchedKey {
    int db;
    std::string key;
    // Its time had passed when WATCH saw it: that it is deleted then is no change.
    bool was_expired;
  };

  // kUser: a connection. kInternal: what modules, scripts and the cron run their commands with.
  enum class Origin { kUser, kInternal };

  Client(uint64_t id, Origin origin) : id_(id), origin_(origin) {}

  uint64_t id() const { return id_; }
  Origin origin() const { return origin_; }
  bool resp3() const { return protocol == resp::Protocol::kResp3; }

  // Encodes for this client's protocol and appends to `output`. CLIENT REPLY may have switched
  // replies off; pushes go out all the same.
  void Send(const resp::Value& value);
  // True when replies are dropped, for those who write to `output` themselves.
  bool DropsReplies() const;

  int db = 0;
  resp::Protocol protocol = resp::Protocol::kResp2;
  std::string name;
  // Who the client is; null for those that may do everything (modules, scripts, the cron).
  AclUser* user = nullptr;
  // Whether the client has said who it is, or need not.
  bool authenticated = true;
  // Called once when the client becomes another user, or goes: a module authenticated it.
  struct UserWatch {
    const void* owner = nullptr;  // whoever wants to forget its own
    std::function<void()> changed;
  };
  std::optional<UserWatch> user_watch;
  void UserChanged();
  std::string certificate;  // the PEM text of a TLS client's; empty without TLS
  // A module has said who the client is, since this was last cleared.
  bool authenticated_by_module = false;
  bool close_after_reply = false;
  // The server has ended the connection: no command runs any more, and no part of the server knows
  // the client. What it was sent before is still in `output`.
  bool closed = false;
  std::string output;
  // CLIENT REPLY: kSkipNext becomes kSkip when the command that asked for it is over, and kSkip
  // lasts for one command.
  enum class ReplyMode { kOn, kOff, kSkipNext, kSkip };
  ReplyMode reply_mode = ReplyMode::kOn;
  bool no_evict = false;
  // An internal client drops what it is sent unless somebody wants to read it.
  bool collects_output = false;

  Transaction transaction;
  std::vector<WatchedKey> watched;
  // While EXEC runs the commands of a transaction: how many there are; otherwise -1.
  int64_t exec_size = -1;

  // CLIENT TRACKING; changed by Tracking (tracking.h).
  struct TrackingState {
    bool on = false;
    bool broadcast = false;  // told of keys by prefix, not of those that it has read
    bool opt_in = false;     // keys are remembered only after CLIENT CACHING YES,
    bool opt_out = false;    // or always but after CLIENT CACHING NO
    bool no_loop = false;    // not told of its own changes
    bool caching = false;    // CLIENT CACHING was given for the next command
    bool broken_redirect = false;
    uint64_t redirect = 0;  // the client that gets the messages; 0: this one
    std::set<std::string> prefixes = {};
  };
  TrackingState tracking;
  // ASKING: the next command, or transaction, may use a slot that is being imported.
  bool asking = false;
  // READONLY: on a replica in a cluster, reads are answered and not sent elsewhere.
  bool reads_from_replica = false;
  // MONITOR: sees the commands of all.
  bool is_monitor = false;
  std::vector<std::pair<PubSub::Kind, std::string>> subscriptions;  // in order
  size_t SubscriptionCount() const { return subscriptions.size(); }

  // Inside MULTI/EXEC, a script or a module's Call: commands answer at once instead of blocking.
  bool deny_blocking = false;
  // A module's Call: errors are not counted until somebody passes the reply on to a user.
  bool defers_errors = false;
  std::vector<std::string> deferred_errors = {};
  // Who hears of what a command does that goes on after it has blocked.
  PropagateTo propagates_to = PropagateTo::kAll;
  // An internal client that blocked: called once, in the next AfterUnit, when its wait is over and
  // `output` has the reply.
  std::function<void()> on_served = {};
  // A replica's link to its primary, which has sent what runs here.
  bool is_primary_link = false;
  // Runs the commands of an append-only file.
  bool loads_aof = false;
  // What redis.call runs its commands with: some answer otherwise in a script.
  bool runs_script = false;
  std::optional<BlockedState> blocked;
  std::deque<Args> waiting_input;  // commands that arrived while blocked

  int64_t created_at_ms = 0;
  int64_t last_active_ms = 0;
  std::string last_command;  // "get", "config|set"

 private:
  uint64_t id_;
  Origin origin_;
};

}  // namespace modcert::engine
