// Where a scenario runs: the in-process host, or a real server. The one seam of the runner, with
// two real sides, so that a spec cannot tell which one it talks to.
//
// A target is used by one thread. All clients are numbered by the scenario, from 0, and connect
// when they are first used.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "validate/finding.h"

namespace modcert::module {
class Host;
}

namespace modcert::target {

// A module to load before the first step.
struct ModuleFile {
  std::string path;
  std::vector<std::string> args;

  bool operator==(const ModuleFile&) const = default;
};

// One of several servers of a world, each with the world's modules.
struct ServerOfWorld {
  int replica_of = -1;  // which of the others it follows; -1: a primary
  std::vector<std::pair<std::string, std::string>> config;  // behind the world's
  std::vector<std::pair<int, int>> slots;  // of a cluster: first and last of each range it serves

  bool operator==(const ServerOfWorld&) const = default;
};

// What a scenario starts from: an empty server with these modules.
struct World {
  std::vector<ModuleFile> modules;
  std::string profile;  // "redis-7.0": for a target that can choose; empty is the target's own
  std::vector<std::pair<std::string, std::string>> config;
  bool records_propagation = false;    // TakePropagated() will be asked
  bool reads_counters = false;         // INFO and the like will be asked: nothing may be left over
  std::vector<ServerOfWorld> servers;  // empty: one
  bool is_cluster = false;             // the servers are nodes, and all know each other
  std::vector<int> client_servers;     // of each client: its server; the first, when it is not here
  int ServerOf(int client) const {
    const auto index = static_cast<size_t>(client);
    return index < client_servers.size() ? client_servers[index] : 0;
  }
  // Whether nobody can tell the two apart when they have just started.
  bool StartsLike(const World& other) const {
    return modules == other.modules && profile == other.profile && config == other.config &&
           servers == other.servers && is_cluster == other.is_cluster;
  }
};

// How much of Start is done ahead.
enum class Ahead {
  kFiles,  // the files of the modules are mapped, and their constructors run
  kStart,  // all of it, OnLoad too
};

// How long Send waits when the server blocks the client.
enum class Wait {
  kUntilBlocked,  // returns as soon as the client is known to be blocked
  kForReply,      // a thread of the module or another event will bring the reply; up to the limit
};

// What came of a command.
struct Outcome {
  enum class Kind {
    kReply,    // `raw` is the whole reply
    kBlocked,  // the client waits; its reply is for Receive
    kNothing,  // no reply came, and none is to be expected (or not within the limit)
    kClosed,   // the server closed the connection
  };

  Kind kind = Kind::kNothing;
  std::string_view raw;  // protocol bytes; valid until the next call on the target
};

using Command = std::vector<std::string>;

class Target {
 public:
  virtual ~Target() = default;

  // "inprocess" or "redis": what "only" in a spec names.
  virtual std::string_view name() const = 0;
  // The version it behaves like, such as "redis-7.0".
  virtual std::string_view profile() const = 0;
  // The same for a world that it would start: a target that can imitate several chooses by it.
  virtual std::string_view ProfileOf(const World&) const { return profile(); }

  // Does ahead what Start does, so that processes forked afterwards need not. The next Start takes
  // the files when it is for the same modules, and all of it, a failure included, when its world
  // StartsLike this one. Whatever was prepared before goes, but a start takes files that are ready.
  virtual Status Prepare(const World&, Ahead) { return {}; }

  // Makes a fresh world, whatever was before. Fails when a module does not load or a config is
  // unknown; the place of the error is the module's path.
  virtual Status Start(const World& world) = 0;

  // Sends a command and returns its reply. Messages that arrive meanwhile (pub/sub, invalidation)
  // are kept for Receive. Fails only when modcert or the connection set-up is at fault.
  virtual Result<Outcome> Send(int client, std::span<const std::string> argv, Wait wait) = 0;

  // The reply that a blocked client still owes, or the next message.
  virtual Result<Outcome> Receive(int client) = 0;

  // Everything that has come to the client by now, raw and in order: messages, and the reply that a
  // blocked client was owed.
  virtual Result<std::vector<std::string>> TakeArrived(int client) = 0;

  // Lets time pass: at once on a virtual clock, by waiting on a real server.
  virtual Status AdvanceMs(int64_t ms) = 0;

  // What was propagated since the start or the last call, PING and REPLCONF left out.
  virtual Result<std::vector<Command>> TakePropagated() = 0;

  // What the validation layer found since the last call. A real server has none.
  virtual std::vector<validate::Finding> TakeFindings() = 0;

  // The world itself, which oracles look at; null before Start, and on a real server always.
  virtual module::Host* host() { return nullptr; }
  // Whether TakeFindings and oracles can find anything.
  virtual bool has_validation() const = 0;

  // Closes a client's connection; it connects again when it is used again.
  virtual void Disconnect(int client) = 0;

  // ---- For a world of several servers. All else, unless it names a client, is about the first.
  // The port of a server, as REPLICAOF wants it.
  virtual std::string PortOf(int) const { return {}; }
  // Of a node of a cluster: the port of its bus, as MEET wants it.
  virtual std::string BusPortOf(int) const { return {}; }
  // Cuts the link of a replica to its primary, or mends it; done when both servers have noticed.
  virtual Status SetLink(int, bool) { return Fail("link", "this target has one server only"); }

  // False when the server has died, of which the log may tell why.
  virtual bool IsAlive() = 0;

  // The last lines of the server's log.
  virtual std::vector<std::string> LogTail() = 0;

  // The API calls of modules until now, the last ones, oldest first. Also asked in the middle of a
  // crash. Only the in-process host knows them.
  virtual std::vector<std::string> LastCalls() { return {}; }
};

}  // namespace modcert::target
