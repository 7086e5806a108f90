// A server's place among primaries and replicas that live in one process.
//
// There is no network: servers find each other by port in a directory, and what a primary
// propagates reaches its replicas before its command is over. Everything else is as between real
// servers: identities and offsets of the stream, a backlog that a replica may go on from when its
// link was down, a copy of all data when it may not, and promotion.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "engine/client.h"
#include "engine/command_replay.h"
#include "engine/keyspace.h"
#include "engine/reply.h"

namespace modcert::engine {

class Server;
class Replication;

// Which server listens on which port. Owned by whoever builds the servers, and outlives them.
class ServerDirectory {
 public:
  void Add(int port, Replication& server) { servers_[port] = &server; }
  void Remove(const Replication& server) {
    std::erase_if(servers_, [&](const auto& entry) { return entry.second == &server; });
  }
  Replication* Find(int port) const {
    const auto it = servers_.find(port);
    return it == servers_.end() ? nullptr : it->second;
  }

 private:
  std::map<int, Replication*> servers_;
};

// Owned by Server.
class Replication {
 public:
  explicit Replication(Server& server);
  ~Replication();
  Replication(const Replication&) = delete;
  Replication& operator=(const Replication&) = delete;

  // Makes the server known under this port, and able to find others. Without it every primary is
  // out of reach.
  void Join(ServerDirectory& directory, int port);

  // ---- The server's own role.
  bool is_replica() const { return !primary_host_.empty(); }
  bool link_is_up() const { return primary_ != nullptr; }
  // The primary's data are being read.
  bool is_transferring() const { return is_transferring_; }
  const std::string& primary_host() const { return primary_host_; }
  int primary_port() const { return primary_port_; }
  // REPLICAOF host port. At start a server has nothing that it could go on from.
  enum class When { kAtStart, kAtRunTime };
  void Follow(const std::string& host, int port, When when = When::kAtRunTime);
  // REPLICAOF NO ONE: nothing happens to a primary.
  void Promote();
  // FAILOVER: a replica becomes the primary of this server; the one on that port, or, with 0, the
  // first. It has all that there is, so the two are done at once.
  void HandOverTo(int port);
  bool HasReplicaOn(int port) const;

  // Cuts the link to the primary and keeps it down; mends it again.
  void DropLink();
  void ResumeLink();

  // ---- The stream.
  // What this server's own commands propagate. A replica's do not reach its replicas: those get
  // what the primary sent.
  void Feed(const Args& args);
  // Bytes of it, counted from the day that the first replica came.
  int64_t offset() const { return offset_; }
  // The stream that it was part of before, and how far it goes; -1: there is none.
  const std::string& previous_id() const { return previous_id_; }
  int64_t previous_end() const { return previous_end_; }
  const std::string& id() const { return id_; }
  void ChangeId();
  // The data became others, and the stream does not tell how: every replica copies all of them.
  void StartAfresh();

  // ---- Its replicas.
  size_t replica_count() const { return replicas_.size(); }
  // A client waits until so many replicas are there: WAIT.
  void AwaitReplicas(Client& client, int64_t count, int64_t deadline_ms);

  // ---- What ROLE and INFO say.
  Reply Role() const;
  std::string Info() const;
  int64_t full_syncs() const { return full_syncs_; }
  int64_t partial_syncs() const { return partial_syncs_; }
  int64_t refused_partial_syncs() const { return refused_partial_syncs_; }

 private:
  struct Waiter {
    uint64_t client_id;
    int64_t count;
  };

  std::string NewId();
  void Connect();
  void Disconnect();
  void Detach();
  void ReconnectReplicas();
  void StartBacklog();
  void AddToStream(const Args& args, const std::string& bytes);
  // Of the primary, for a replica that knows the stream `id` up to `offset`.
  bool CanContinue(std::string_view id, int64_t offset) const;
  bool CopyAllFrom(Replication& primary);
  bool LoadsBeside() const;
  std::string FileForReplica();
  Status LoadCopy(const std::string& file, Keyspace::Contents* aside);
  Status LoadBeside(const std::string& file);
  Status LoadInPlace(const std::string& file);
  void ContinueFrom(Replication& primary);
  void Receive(const Args& args, const std::string& bytes);
  void ServeWaiters();
  std::string ReplicaInfo() const;
  std::string ReplicaLines() const;

  Server& server_;
  Random random_;
  ServerDirectory* directory_ = nullptr;
  int port_ = 0;

  std::string id_;
  std::string previous_id_;  // valid up to previous_end_
  int64_t previous_end_ = -1;
  int64_t offset_ = 0;
  bool has_backlog_ = false;
  std::string backlog_;                 // the last bytes of the stream
  int64_t backlog_first_ = 0;           // offset of its first byte
  std::vector<Replication*> replicas_;  // that are connected
  std::vector<Waiter> waiters_;

  std::string primary_host_;
  int primary_port_ = 0;
  Replication* primary_ = nullptr;  // while the link is up
  bool is_cut_ = false;
  bool is_transferring_ = false;
  bool can_continue_ = false;  // it was part of a stream before
  int64_t down_since_ms_ = 0;
  std::unique_ptr<CommandReplay> replay_;

  int64_t full_syncs_ = 0;
  int64_t partial_syncs_ = 0;
  int64_t refused_partial_syncs_ = 0;
};

}  // namespace modcert::engine
