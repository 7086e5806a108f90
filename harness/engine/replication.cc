#include "engine/replication.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/crc64.h"
#include "base/parse_number.h"
#include "engine/dataset.h"
#include "engine/persistence.h"
#include "engine/scripting/scripting.h"
#include "engine/server.h"
#include "resp/request.h"

namespace modcert::engine {
namespace {

constexpr size_t kIdSize = 40;
constexpr std::string_view kAddress = "127.0.0.1";  // all servers are in this process

}  // namespace

Replication::Replication(Server& server)
    : server_(server), random_(Crc64(0, server.run_id)), id_(NewId()) {
  previous_id_ = std::string(kIdSize, '0');
}

Replication::~Replication() {
  if (directory_) directory_->Remove(*this);
  Disconnect();
  for (Replication* replica : std::vector<Replication*>(replicas_)) replica->Disconnect();
}

void Replication::Join(ServerDirectory& directory, int port) {
  directory_ = &directory;
  port_ = port;
  directory.Add(port, *this);
}

std::string Replication::NewId() {
  std::string id;
  while (id.size() < kIdSize) id += "0123456789abcdef"[random_.Below(16)];
  return id;
}

void Replication::ChangeId() { id_ = NewId(); }

// ---- The role.

void Replication::Follow(const std::string& host, int port, When when) {
  // A primary that becomes a replica may know the stream already.
  if (when == When::kAtRunTime && !is_replica()) can_continue_ = true;
  Disconnect();
  primary_host_ = host;
  primary_port_ = port;
  down_since_ms_ = server_.clock.now_ms();
  // hook.role-behind-link: the end of the old link has been told before.
  if (when == When::kAtRunTime) server_.events.Fire(RoleChanged{true});
  server_.keyspace.set_expiry(Keyspace::Expiry::kHide);
  server_.config.Note("replicaof", fmt::format("{} {}", host, port));
  Connect();
}

void Replication::Promote() {
  if (!is_replica()) return;
  // hook.link-twice: the end of the link is told once for the wish, and once for the connection.
  if (primary_) server_.events.Fire(PrimaryLinkChange{PrimaryLinkChange::kDown});
  Disconnect();
  primary_host_.clear();
  primary_port_ = 0;
  is_cut_ = false;
  replay_.reset();
  server_.keyspace.set_expiry(Keyspace::Expiry::kDelete);
  server_.config.Note("replicaof", "");
  server_.propagation.ForgetSelectedDb();
  // Who followed the same primary may go on from here.
  previous_id_ = std::exchange(id_, NewId());
  previous_end_ = offset_ + 1;
  ReconnectReplicas();
  server_.events.Fire(RoleChanged{false});
}

bool Replication::HasReplicaOn(int port) const {
  return std::ranges::any_of(replicas_,
                             [&](const auto* replica) { return replica->port_ == port; });
}

void Replication::HandOverTo(int port) {
  const auto found = std::ranges::find_if(
      replicas_, [&](const Replication* replica) { return port == 0 || replica->port_ == port; });
  Replication& successor = **found;
  successor.Promote();
  Follow(std::string(kAddress), successor.port_);
}

void Replication::DropLink() {
  is_cut_ = true;
  Disconnect();
}

void Replication::ResumeLink() {
  is_cut_ = false;
  if (is_replica() && !primary_) Connect();
}

void Replication::Disconnect() {
  if (!primary_) return;
  server_.events.Fire(PrimaryLinkChange{PrimaryLinkChange::kDown});
  Detach();
}

void Replication::Detach() {
  if (!primary_) return;
  Replication& primary = *std::exchange(primary_, nullptr);
  std::erase(primary.replicas_, this);
  down_since_ms_ = server_.clock.now_ms();
  primary.server_.events.Fire(ReplicaChange{ReplicaChange::kOffline});
}

void Replication::ReconnectReplicas() {
  for (Replication* replica : std::vector<Replication*>(replicas_)) {
    replica->Disconnect();
    replica->Connect();
  }
}

void Replication::Connect() {
  Replication* primary = directory_ ? directory_->Find(primary_port_) : nullptr;
  if (is_cut_ || !primary || primary == this) return;
  // A replica that has lost its own primary refuses to feed others.
  if (primary->is_replica() && !primary->link_is_up()) return;
  if (can_continue_ && primary->CanContinue(id_, offset_)) {
    ++primary->partial_syncs_;
    ContinueFrom(*primary);
  } else {
    if (can_continue_) ++primary->refused_partial_syncs_;
    if (!CopyAllFrom(*primary)) return;
  }
  primary_ = primary;
  can_continue_ = true;
  primary->replicas_.push_back(this);
  primary->server_.events.Fire(ReplicaChange{ReplicaChange::kOnline});
  server_.events.Fire(PrimaryLinkChange{PrimaryLinkChange::kUp});
  primary->ServeWaiters();
}

bool Replication::CanContinue(std::string_view id, int64_t offset) const {
  if (!has_backlog_) return false;
  const bool is_mine = id == id_;
  const bool was_mine = id == previous_id_ && offset + 1 <= previous_end_;
  if (!is_mine && !was_mine) return false;
  return offset + 1 >= backlog_first_ && offset <= offset_;
}

bool Replication::LoadsBeside() const {
  return server_.config.Get("repl-diskless-load") == "swapdb" &&
         (!server_.may_load_beside || server_.may_load_beside());
}

// A child of the primary writes all of its data.
std::string Replication::FileForReplica() {
  StartBacklog();
  ++full_syncs_;
  server_.propagation.ForgetSelectedDb();
  server_.events.Fire(ChildStep{ChildStep::kBorn});
  std::string file = server_.persistence->SaveInChild();
  server_.events.Fire(ChildStep{ChildStep::kDied});
  return file;
}

// With `aside` the server's own keys are there until the load has begun, and are kept.
Status Replication::LoadCopy(const std::string& file, Keyspace::Contents* aside) {
  if (server_.scripting_if_any()) server_.scripting().functions.Flush();
  server_.propagation.set_muted(true);
  server_.is_loading = is_transferring_ = true;
  server_.events.Fire(LoadingStep{LoadingStep::kReplicaStart});
  if (aside) *aside = server_.keyspace.TakeContents();
  const auto loaded = LoadDataset(server_, file, {.expired = LoadRules::Expired::kKeep});
  server_.is_loading = is_transferring_ = false;
  server_.propagation.set_muted(false);
  if (!loaded) return tl::unexpected(loaded.error());
  return {};
}

// The replica's own data go when those of the primary are there, and come back when they are not.
Status Replication::LoadBeside(const std::string& file) {
  server_.events.Fire(BackupStep{BackupStep::kCreate});
  server_.events.Fire(AsyncLoadStep{AsyncLoadStep::kStarted});
  Keyspace::Contents own;
  Status loaded = LoadCopy(file, &own);
  if (loaded) {
    server_.events.Fire(AsyncLoadStep{AsyncLoadStep::kCompleted});
    server_.events.Fire(BackupStep{BackupStep::kDiscard});
    return loaded;
  }
  server_.keyspace.PutContents(std::move(own));
  server_.events.Fire(AsyncLoadStep{AsyncLoadStep::kAborted});
  server_.events.Fire(BackupStep{BackupStep::kRestore});
  return loaded;
}

Status Replication::LoadInPlace(const std::string& file) {
  server_.Empty(-1, FlushStep::Mode::kSync);
  return LoadCopy(file, nullptr);
}

bool Replication::CopyAllFrom(Replication& primary) {
  const std::string file = primary.FileForReplica();
  const Status loaded = LoadsBeside() ? LoadBeside(file) : LoadInPlace(file);
  server_.events.Fire(LoadingStep{loaded ? LoadingStep::kEnded : LoadingStep::kFailed});
  if (!loaded) {
    server_.log.Write(ServerLog::Level::kWarning,
                      "Failed trying to load the MASTER synchronization "
                      "DB: " +
                          loaded.error().ToString());
    return false;
  }
  id_ = primary.id_;
  previous_id_ = std::string(kIdSize, '0');
  previous_end_ = -1;
  offset_ = primary.offset_;
  has_backlog_ = true;
  backlog_.clear();
  backlog_first_ = offset_ + 1;
  replay_ = std::make_unique<CommandReplay>(server_, ReplayedFrom::kPrimary);
  ReconnectReplicas();  // their stream is another one now
  return true;
}

void Replication::ContinueFrom(Replication& primary) {
  if (id_ != primary.id_) {
    previous_id_ = std::exchange(id_, primary.id_);
    previous_end_ = offset_ + 1;
    ReconnectReplicas();
  }
  if (!has_backlog_) {
    has_backlog_ = true;
    backlog_first_ = offset_ + 1;
  }
  if (!replay_) replay_ = std::make_unique<CommandReplay>(server_, ReplayedFrom::kPrimary);
  resp::RequestDecoder missed;
  missed.Feed(std::string_view(primary.backlog_)
                  .substr(static_cast<size_t>(offset_ + 1 - primary.backlog_first_)));
  Args args;
  while (missed.Next(args) == resp::RequestDecoder::Outcome::kRequest)
    Receive(args, resp::EncodeRequest(args));
}

void Replication::StartAfresh() {
  has_backlog_ = false;
  backlog_.clear();
  ReconnectReplicas();
}

// ---- The stream.

void Replication::StartBacklog() {
  if (has_backlog_) return;
  // Before the first replica came nobody counted, so the stream is a new one.
  if (!is_replica()) ChangeId();
  previous_id_ = std::string(kIdSize, '0');
  previous_end_ = -1;
  has_backlog_ = true;
  backlog_first_ = offset_ + 1;
}

void Replication::AddToStream(const Args& args, const std::string& bytes) {
  offset_ += static_cast<int64_t>(bytes.size());
  backlog_ += bytes;
  const auto size_max =
      static_cast<size_t>(ParseInteger(server_.config.Get("repl-backlog-size")).value_or(0));
  // Dropped in large pieces, so that a byte is not moved for each that comes.
  if (backlog_.size() > 2 * size_max) {
    const size_t dropped = backlog_.size() - size_max;
    backlog_.erase(0, dropped);
    backlog_first_ += static_cast<int64_t>(dropped);
  }
  for (Replication* replica : std::vector<Replication*>(replicas_)) replica->Receive(args, bytes);
}

void Replication::Feed(const Args& args) {
  if (!has_backlog_ || is_replica()) return;
  AddToStream(args, resp::EncodeRequest(args));
}

void Replication::Receive(const Args& args, const std::string& bytes) {
  if (const auto error = replay_->Run(args))
    server_.log.Write(ServerLog::Level::kWarning,
                      fmt::format("== CRITICAL == This replica is sending an error to its master: "
                                  "'{}' after processing the command '{}'",
                                  *error, args[0]));
  AddToStream(args, bytes);
}

// ---- Replicas.

void Replication::AwaitReplicas(Client& client, int64_t count, int64_t deadline_ms) {
  BlockedState waiting;
  waiting.deadline_ms = deadline_ms;
  waiting.awaits = [](const Value&) { return false; };  // it waits for no key
  waiting.on_timeout = [this] { return Reply::Integer(static_cast<int64_t>(replica_count())); };
  server_.blocking.Block(client, std::move(waiting));
  waiters_.push_back({client.id(), count});
}

void Replication::ServeWaiters() {
  const auto here = static_cast<int64_t>(replica_count());
  std::erase_if(waiters_, [&](const Waiter& waiter) {
    Client* client = server_.FindClient(waiter.client_id);
    if (!client || !client->blocked) return true;
    if (here < waiter.count) return false;
    server_.blocking.Unblock(*client);
    client->Send(resp::Value::Integer(here));
    server_.NoteUnblocked(*client);
    return true;
  });
  server_.AfterUnit();
}

// ---- What it says of itself.

Reply Replication::Role() const {
  if (is_replica())
    return Reply::Array({resp::Value::Bulk("slave"), resp::Value::Bulk(primary_host_),
                         resp::Value::Integer(primary_port_),
                         resp::Value::Bulk(link_is_up() ? "connected" : "connect"),
                         resp::Value::Integer(link_is_up() ? offset_ : -1)});
  std::vector<resp::Value> replicas;
  for (const Replication* replica : replicas_)
    replicas.push_back(resp::Value::Array({resp::Value::Bulk(kAddress),
                                           resp::Value::Bulk(std::to_string(replica->port_)),
                                           resp::Value::Bulk(std::to_string(replica->offset_))}));
  return Reply::Array({resp::Value::Bulk("master"), resp::Value::Integer(offset_),
                       resp::Value::Array(std::move(replicas))});
}

std::string Replication::ReplicaInfo() const {
  constexpr int64_t kPingPeriodS = 10;  // a primary says something at least as often
  const int64_t down_s = (server_.clock.now_ms() - down_since_ms_) / 1000;
  const bool up = link_is_up();
  std::string text = fmt::format(
      "role:slave\r\nmaster_host:{}\r\nmaster_port:{}\r\nmaster_link_status:{}\r\n"
      "master_last_io_seconds_ago:{}\r\nmaster_sync_in_progress:0\r\n"
      "slave_read_repl_offset:{}\r\nslave_repl_offset:{}\r\n",
      primary_host_, primary_port_, up ? "up" : "down", up ? down_s % kPingPeriodS : -1, offset_,
      offset_);
  if (!up) text += fmt::format("master_link_down_since_seconds:{}\r\n", down_s);
  return text + fmt::format("slave_priority:{}\r\nslave_read_only:{}\r\nreplica_announced:1\r\n",
                            server_.config.Get("replica-priority"),
                            server_.config.replica_read_only ? 1 : 0);
}

std::string Replication::ReplicaLines() const {
  std::string text = fmt::format("connected_slaves:{}\r\n", replicas_.size());
  if (server_.config.min_replicas_to_write > 0 && server_.config.min_replicas_max_lag > 0)
    text += fmt::format("min_slaves_good_slaves:{}\r\n", replicas_.size());
  for (size_t i = 0; i < replicas_.size(); ++i)
    text += fmt::format("slave{}:ip={},port={},state=online,offset={},lag=0\r\n", i, kAddress,
                        replicas_[i]->port_, replicas_[i]->offset_);
  return text;
}

std::string Replication::Info() const {
  return (is_replica() ? ReplicaInfo() : "role:master\r\n") + ReplicaLines() +
         fmt::format(
             "master_failover_state:no-failover\r\nmaster_replid:{}\r\nmaster_replid2:{}\r\n"
             "master_repl_offset:{}\r\nsecond_repl_offset:{}\r\nrepl_backlog_active:{}\r\n"
             "repl_backlog_size:{}\r\nrepl_backlog_first_byte_offset:{}\r\n"
             "repl_backlog_histlen:{}\r\n",
             id_, previous_id_, offset_, previous_end_, has_backlog_ ? 1 : 0,
             server_.config.Get("repl-backlog-size"), backlog_first_, backlog_.size());
}

}  // namespace modcert::engine
