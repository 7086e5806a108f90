#include "target/redis_target.h"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "target/cluster_plan.h"

namespace modcert::target {
namespace {

using Millis = std::chrono::milliseconds;
using resp::Value;

// A reply takes some 20 us; what has not come after this is asked about on the control connection.
constexpr int kFirstWaitMs = 2;
constexpr int kNextWaitMs = 5;
// The event loop reads every ready connection once per turn, and each control round trip is a turn:
// a client seen idle so often has had its command read, run and answered with nothing.
constexpr int kIdleTurns = 3;
// Two seconds are the server's own; the rest is for a busy machine.
constexpr int kNodeStartMs = 2500;

// After one of these only a new process is a fresh world.
constexpr const char* kDirtyCommands[] = {
    "acl",     "bgrewriteaof", "bgsave",   "client",  "cluster", "config",  "debug", "eval",
    "evalsha", "failover",     "function", "latency", "module",  "monitor", "psync", "replicaof",
    "save",    "script",       "shutdown", "slaveof", "slowlog", "sync"};

bool IsDirty(std::string_view name) {
  return std::any_of(std::begin(kDirtyCommands), std::end(kDirtyCommands), [&](const char* dirty) {
    return name.size() == std::string_view(dirty).size() &&
           strncasecmp(name.data(), dirty, name.size()) == 0;
  });
}

// What only looks at a cluster.
constexpr const char* kLooks[] = {"count-failure-reports",
                                  "countkeysinslot",
                                  "getkeysinslot",
                                  "info",
                                  "keyslot",
                                  "links",
                                  "myid",
                                  "nodes",
                                  "replicas",
                                  "saveconfig",
                                  "shards",
                                  "slaves",
                                  "slots"};

bool IsDirty(std::span<const std::string> argv) {
  const bool looks = argv.size() > 1 && strcasecmp(argv[0].c_str(), "cluster") == 0 &&
                     std::any_of(std::begin(kLooks), std::end(kLooks), [&](const char* look) {
                       return strcasecmp(argv[1].c_str(), look) == 0;
                     });
  return !looks && IsDirty(argv[0]);
}

// The value of "name=value" in a line of CLIENT LIST, or of "name:value" in INFO.
std::string_view Field(std::string_view text, std::string_view name_and_separator) {
  size_t at = text.find(name_and_separator);
  while (at != text.npos && at > 0 && text[at - 1] != ' ' && text[at - 1] != '\n') {
    at = text.find(name_and_separator, at + 1);
  }
  if (at == text.npos) return {};
  text.remove_prefix(at + name_and_separator.size());
  return text.substr(0, text.find_first_of(" \r\n"));
}

}  // namespace

RedisTarget::RedisTarget(RedisOptions options) : options_(std::move(options)) {}

RedisTarget::~RedisTarget() = default;

// ---- the world ----

Status RedisTarget::Start(const World& world) {
  tap_.reset();
  clients_.clear();
  const auto started =
      options_.address.empty() ? StartOwnServer(world) : ResetAddressedServer(world);
  if (!started) {
    // What does not load may be for another version: whoever asks for the profile can tell.
    if (profile_.empty() && options_.address.empty() && StartOwnServer({})) AskProfile();
    return started;
  }
  world_ = world;
  is_dirty_ = false;
  if (profile_.empty())
    if (Status asked = AskProfile(); !asked) return asked;
  if (!world.records_propagation) return {};
  auto tap = PropagationTap::Attach(address_, *control_);
  if (!tap) return tl::unexpected(tap.error());
  tap_ = *std::move(tap);
  return {};
}

Status RedisTarget::AskProfile() {
  auto info = Control({"INFO", "server"});
  if (!info) return tl::unexpected(info.error());
  const std::string version(Field(info->text, "redis_version:"));
  profile_ = "redis-" + version.substr(0, version.find('.', version.find('.') + 1));
  return {};
}

Status RedisTarget::StartOwnServer(const World& world) {
  if (CanReuseCluster(world)) return FlushCluster();
  peers_.clear();
  if (world.servers.size() > 1 || world.is_cluster) return StartSeveral(world);
  const bool plain = world.modules.empty() && world.config.empty() && !world.records_propagation &&
                     !world.reads_counters && world.servers.empty();
  const bool was_plain = world_.modules.empty() && world_.config.empty() &&
                         !world_.records_propagation && world_.servers.empty();
  if (plain && was_plain && !is_dirty_ && IsAlive()) return FlushEverything();
  control_.reset();
  server_.reset();
  auto server = ServerProcess::Spawn(options_.program, world.modules, world.config);
  if (!server) return tl::unexpected(server.error());
  server_ = *std::move(server);
  return OpenControl(server_->address());
}

// They listen on ports, so that they find each other; clients come by their sockets all the same.
Status RedisTarget::StartSeveral(const World& world) {
  control_.reset();
  server_.reset();
  for (size_t i = 0; i < world.servers.size(); ++i) {
    const auto port = ServerProcess::FreePort();
    if (!port) return tl::unexpected(port.error());
    const auto bus_port = ServerProcess::FreePort();
    if (!bus_port) return tl::unexpected(bus_port.error());
    peers_.push_back({.port = *port, .bus_port = *bus_port, .process = {}, .control = {}});
  }
  for (size_t i = 0; i < world.servers.size(); ++i)
    if (auto started = StartPeer(world, i); !started) return started;
  return world.is_cluster ? AwaitCluster(world) : FollowEachOther(world);
}

Status RedisTarget::StartPeer(const World& world, size_t index) {
  Peer& peer = peers_[index];
  const ServerOfWorld& server = world.servers[index];
  auto config = world.config;
  config.insert(config.end(), server.config.begin(), server.config.end());
  config.insert(config.end(),
                {{"port", fmt::format("{}", peer.port)}, {"repl-diskless-sync-delay", "0"}});
  std::vector<std::pair<std::string, std::string>> files;
  if (world.is_cluster) {
    config.insert(config.end(),
                  {{"cluster-enabled", "yes"}, {"cluster-port", fmt::format("{}", peer.bus_port)}});
    std::vector<NodePorts> ports;
    for (const Peer& each : peers_) ports.push_back({each.port, each.bus_port});
    files.emplace_back("nodes.conf", NodesFile(world, ports, static_cast<int>(index)));
  }
  auto process = ServerProcess::Spawn(options_.program, world.modules, config, files);
  if (!process) return tl::unexpected(process.error());
  auto control = Connection::Open((*process)->address());
  if (!control) return tl::unexpected(control.error());
  const Address address = (*process)->address();
  peer.control = *std::move(control);
  (index == 0 ? server_ : peer.process) = *std::move(process);
  return index == 0 ? OpenControl(address) : Status();
}

// Whoever is followed follows first: a server that begins to follow drops those that follow it.
Status RedisTarget::FollowEachOther(const World& world) {
  std::vector<bool> is_ready;
  for (const ServerOfWorld& server : world.servers) is_ready.push_back(server.replica_of < 0);
  // Each round reaches one level further down.
  for (size_t round = 1; round < world.servers.size(); ++round) {
    const std::vector<bool> may_be_followed = is_ready;
    for (size_t i = 0; i < world.servers.size(); ++i) {
      const int primary = world.servers[i].replica_of;
      if (is_ready[i] || !may_be_followed[static_cast<size_t>(primary)]) continue;
      const auto server = static_cast<int>(i);
      const auto followed = ControlOf(server, {"REPLICAOF", "127.0.0.1", PortOf(primary)});
      if (!followed) return tl::unexpected(followed.error());
      if (auto up = AwaitLink(server, primary); !up) return up;
      is_ready[i] = true;
    }
  }
  return {};
}

// A primary that has just started takes two seconds before it serves anything, whether it could
// or not.
Status RedisTarget::AwaitCluster(const World& world) {
  const auto begin = std::chrono::steady_clock::now();
  const auto is_ready = [&](int server) {
    const auto info = ControlOf(server, {"CLUSTER", "INFO"});
    const auto nodes = ControlOf(server, {"CLUSTER", "NODES"});
    return info && nodes && Field(*info, "cluster_state:") == "ok" &&
           nodes->find("disconnected") == std::string::npos;
  };
  for (size_t i = 0; i < world.servers.size(); ++i) {
    const auto server = static_cast<int>(i);
    while (!is_ready(server) && std::chrono::steady_clock::now() - begin < Millis(kNodeStartMs))
      std::this_thread::sleep_for(Millis(kNextWaitMs));
    if (world.servers[i].replica_of < 0) continue;
    if (auto up = AwaitLink(server, world.servers[i].replica_of); !up) return up;
  }
  return {};
}

// Starting a cluster takes seconds, so one that is as it was is used again.
bool RedisTarget::CanReuseCluster(const World& world) {
  const auto is_plain = [](const World& each) {
    return each.is_cluster && each.modules.empty() && !each.records_propagation &&
           !each.reads_counters;
  };
  return is_plain(world) && is_plain(world_) && world.servers == world_.servers &&
         world.config == world_.config && !is_dirty_ && !peers_.empty() && IsAlive() &&
         std::all_of(peers_.begin() + 1, peers_.end(),
                     [](const Peer& peer) { return peer.process->IsAlive(); });
}

Status RedisTarget::FlushCluster() {
  for (size_t i = 0; i < peers_.size(); ++i) {
    std::vector<std::vector<std::string>> commands = {{"CONFIG", "RESETSTAT"}};
    if (world_.servers[i].replica_of < 0) commands.push_back({"FLUSHALL"});
    for (const auto& argv : commands) {
      const auto done = ControlOf(static_cast<int>(i), argv);
      if (!done) return tl::unexpected(done.error());
    }
  }
  return {};
}

// The reply's text; the error of a connection or of the server.
Result<std::string> RedisTarget::ControlOf(int server, std::vector<std::string> argv) {
  auto reply = peers_[static_cast<size_t>(server)].control->Call(argv, options_.reply_limit_ms);
  if (!reply) return tl::unexpected(reply.error());
  if (reply->is_error()) return Fail(argv[0], reply->text);
  return reply->text;
}

// A replica tries once a second to reach its primary.
Status RedisTarget::AwaitInfo(int server, const std::string& field, std::string_view value) {
  const auto end = std::chrono::steady_clock::now() + Millis(options_.reply_limit_ms);
  while (std::chrono::steady_clock::now() < end) {
    const auto info = ControlOf(server, {"INFO", "replication"});
    if (!info) return tl::unexpected(info.error());
    const std::string_view found = Field(*info, field);
    if (found.substr(0, found.find('\r')) == value) return {};
    std::this_thread::sleep_for(Millis(kNextWaitMs));
  }
  return Fail("link", fmt::format("{}{} did not come", field, value));
}

// Up on both sides: a primary sends nothing to a replica that it has not yet heard of since it
// loaded the data, and does not count it.
Status RedisTarget::AwaitLink(int server, int primary) {
  if (auto up = AwaitInfo(server, "master_link_status:", "up"); !up) return up;
  const std::string line = fmt::format("port={},state=online", PortOf(server));
  const auto end = std::chrono::steady_clock::now() + Millis(options_.reply_limit_ms);
  while (std::chrono::steady_clock::now() < end) {
    const auto info = ControlOf(primary, {"INFO", "replication"});
    if (!info) return tl::unexpected(info.error());
    if (info->find(line) != std::string::npos) return {};
    std::this_thread::sleep_for(Millis(kNextWaitMs));
  }
  return Fail("link", "the primary does not see its replica online");
}

std::string RedisTarget::PortOf(int server) const {
  const auto index = static_cast<size_t>(server);
  return index < peers_.size() ? fmt::format("{}", peers_[index].port) : std::string();
}

std::string RedisTarget::BusPortOf(int server) const {
  const auto index = static_cast<size_t>(server);
  return index < peers_.size() ? fmt::format("{}", peers_[index].bus_port) : std::string();
}

// A link is cut by following nobody that could be reached: the replica keeps what it needs to go on
// later, as when a cable is pulled.
Status RedisTarget::SetLink(int server, bool up) {
  constexpr std::string_view kNobody = "1";
  const int primary = world_.servers[static_cast<size_t>(server)].replica_of;
  if (primary < 0) return Fail("link", "the server is no replica");
  const auto set =
      ControlOf(server, {"REPLICAOF", "127.0.0.1", up ? PortOf(primary) : std::string(kNobody)});
  if (!set) return tl::unexpected(set.error());
  return up ? AwaitLink(server, primary) : AwaitInfo(server, "master_link_status:", "down");
}

Status RedisTarget::FlushEverything() {
  for (const auto& argv : {std::vector<std::string>{"FLUSHALL"}, {"CONFIG", "RESETSTAT"}}) {
    if (auto done = MustSucceed(argv, address_.ToString()); !done) return done;
  }
  return {};
}

Status RedisTarget::ResetAddressedServer(const World& world) {
  auto address = ParseAddress(options_.address);
  if (!address) return tl::unexpected(address.error());
  const bool first = control_ == nullptr;
  if (first || control_->is_closed()) {
    if (auto opened = OpenControl(*address); !opened) return opened;
  }
  if (auto restored = RestoreConfig(); !restored) return restored;
  for (const ModuleFile& module : world_.modules) {
    const std::string name = std::filesystem::path(module.path).stem();
    if (auto unloaded = Control({"MODULE", "UNLOAD", name}); !unloaded) {
      return tl::unexpected(unloaded.error());
    }
  }
  for (const auto& argv :
       {std::vector<std::string>{"FLUSHALL"}, {"SCRIPT", "FLUSH"}, {"CONFIG", "RESETSTAT"}}) {
    if (auto done = MustSucceed(argv, address_.ToString()); !done) return done;
  }
  if (auto flushed = Control({"FUNCTION", "FLUSH"}); !flushed) {
    return tl::unexpected(flushed.error());  // an error reply is a server before 7.0: no functions
  }
  for (const auto& [name, value] : world.config) {
    if (auto set = MustSucceed({"CONFIG", "SET", name, value}, name); !set) return set;
  }
  for (const ModuleFile& module : world.modules) {
    std::vector<std::string> argv = {"MODULE", "LOAD", module.path};
    argv.insert(argv.end(), module.args.begin(), module.args.end());
    if (auto loaded = MustSucceed(std::move(argv), module.path); !loaded) return loaded;
  }
  return {};
}

// The first time, remembers the config; later sets back what differs.
Status RedisTarget::RestoreConfig() {
  auto config = Control({"CONFIG", "GET", "*"});
  if (!config) return tl::unexpected(config.error());
  const bool first = initial_config_.empty();
  for (size_t i = 0; i + 1 < config->children.size(); i += 2) {
    const std::string& name = config->children[i].text;
    const std::string& value = config->children[i + 1].text;
    if (first) {
      initial_config_[name] = value;
    } else if (initial_config_[name] != value) {
      auto set = Control({"CONFIG", "SET", name, initial_config_[name]});
      if (!set) return tl::unexpected(set.error());
    }
  }
  return {};
}

Status RedisTarget::OpenControl(const Address& address) {
  address_ = address;
  auto control = Connection::Open(address);
  if (!control) return tl::unexpected(control.error());
  control_ = *std::move(control);
  return {};
}

Result<Value> RedisTarget::Control(std::vector<std::string> argv) {
  // A scenario may kill every client, this one included.
  if (control_->is_closed()) {
    if (auto opened = OpenControl(address_); !opened) return tl::unexpected(opened.error());
  }
  auto reply = control_->Call(argv, options_.reply_limit_ms);
  if (reply || !control_->is_closed() || !IsAlive()) return reply;
  if (auto opened = OpenControl(address_); !opened) return tl::unexpected(opened.error());
  return control_->Call(argv, options_.reply_limit_ms);
}

Status RedisTarget::MustSucceed(std::vector<std::string> argv, const std::string& place) {
  const std::string name = argv[0];
  auto reply = Control(std::move(argv));
  if (!reply) return tl::unexpected(reply.error());
  if (reply->is_error()) return Fail(place, fmt::format("{}: {}", name, reply->text));
  return {};
}

// ---- commands ----

Result<RedisTarget::Client*> RedisTarget::Connected(int client) {
  Client& known = clients_[client];
  if (known.connection != nullptr && !known.connection->is_closed()) return &known;
  const auto server = static_cast<size_t>(world_.ServerOf(client));
  auto connection = Connection::Open(server == 0 ? address_ : peers_[server].process->address());
  if (!connection) return tl::unexpected(connection.error());
  const std::string argv[] = {"CLIENT", "ID"};
  auto id = (*connection)->Call(argv, options_.reply_limit_ms);
  if (!id) return tl::unexpected(id.error());
  known = {.server = static_cast<int>(server),
           .connection = *std::move(connection),
           .id = fmt::format("{}", id->integer)};
  return &known;
}

Result<Outcome> RedisTarget::Send(int client, std::span<const std::string> argv, Wait wait) {
  auto connected = Connected(client);
  if (!connected) return tl::unexpected(connected.error());
  Client& to = **connected;
  if (to.owes_reply) {
    return Fail("send", "the client is still blocked", "receive its reply first");
  }
  is_dirty_ = is_dirty_ || IsDirty(argv);
  if (auto read = to.connection->Read(0); !read) return tl::unexpected(read.error());
  to.connection->stream().BeginCommand();
  to.connection->Write(argv);
  return AwaitReply(to, wait);
}

Result<Outcome> RedisTarget::AwaitReply(Client& client, Wait wait) {
  const auto end = std::chrono::steady_clock::now() + Millis(options_.reply_limit_ms);
  int idle_count = 0;
  int wait_ms = kFirstWaitMs;
  while (true) {
    if (auto read = client.connection->Read(wait_ms); !read) return tl::unexpected(read.error());
    if (auto raw = client.connection->stream().TakeReply()) return Reply(*std::move(raw));
    if (client.connection->is_closed()) return Outcome{.kind = Outcome::Kind::kClosed, .raw = {}};
    if (client.connection->stream().has_partial()) continue;
    auto outcome = WithoutReply(client, wait, idle_count);
    if (!outcome || outcome->kind != Outcome::Kind::kNothing) return outcome;
    if (idle_count >= kIdleTurns || std::chrono::steady_clock::now() > end) {
      client.owes_reply = idle_count < kIdleTurns;
      return outcome;
    }
    wait_ms = idle_count > 0 ? 0 : kNextWaitMs;
  }
}

// No reply yet: kBlocked when there is none to wait for, else kNothing.
Result<Outcome> RedisTarget::WithoutReply(Client& client, Wait wait, int& idle_count) {
  auto state = StateOf(client);
  if (!state) {
    // Without control connection the server is gone; its clients see the end of theirs.
    return Outcome{.kind = IsAlive() ? Outcome::Kind::kNothing : Outcome::Kind::kClosed, .raw = {}};
  }
  // What the server wrote before it answered on the control connection has arrived by now.
  if (auto read = client.connection->Read(0); !read) return tl::unexpected(read.error());
  if (auto raw = client.connection->stream().TakeReply()) return Reply(*std::move(raw));
  idle_count = *state == ClientState::kIdle ? idle_count + 1 : 0;
  if (*state == ClientState::kBlocked && wait == Wait::kUntilBlocked) {
    client.owes_reply = true;
    return Outcome{.kind = Outcome::Kind::kBlocked, .raw = {}};
  }
  return Outcome{};
}

Result<RedisTarget::ClientState> RedisTarget::StateOf(const Client& client) {
  const std::vector<std::string> ask = {"CLIENT", "LIST", "ID", client.id};
  auto list = client.server == 0 ? Control(ask)
                                 : peers_[static_cast<size_t>(client.server)].control->Call(
                                       ask, options_.reply_limit_ms);
  if (!list) return tl::unexpected(list.error());
  // A script is over its time; who waits for a reply now waits for that script.
  if (list->is_error() && list->text.starts_with("BUSY")) return ClientState::kBlocked;
  if (Field(list->text, "flags=").find('b') != std::string_view::npos) return ClientState::kBlocked;
  const bool idle = Field(list->text, "qbuf=") == "0" && Field(list->text, "obl=") == "0" &&
                    Field(list->text, "oll=") == "0";
  return idle ? ClientState::kIdle : ClientState::kBusy;
}

Outcome RedisTarget::Reply(std::string raw) {
  raw_ = std::move(raw);
  return {.kind = Outcome::Kind::kReply, .raw = raw_};
}

Result<Outcome> RedisTarget::Receive(int client) {
  auto connected = Connected(client);
  if (!connected) return tl::unexpected(connected.error());
  Client& from = **connected;
  const auto end = std::chrono::steady_clock::now() + Millis(options_.reply_limit_ms);
  while (true) {
    if (auto raw = from.connection->stream().TakeNext()) {
      from.owes_reply = false;
      return Reply(*std::move(raw));
    }
    if (from.connection->is_closed()) return Outcome{.kind = Outcome::Kind::kClosed, .raw = {}};
    if (std::chrono::steady_clock::now() > end) return Outcome{};
    if (auto read = from.connection->Read(kNextWaitMs); !read) {
      return tl::unexpected(read.error());
    }
  }
}

Result<std::vector<std::string>> RedisTarget::TakeArrived(int client) {
  auto connected = Connected(client);
  if (!connected) return tl::unexpected(connected.error());
  Client& from = **connected;
  // What the server wrote before it answered on the control connection has arrived then.
  if (auto pong = Control({"PING"}); !pong) return tl::unexpected(pong.error());
  if (auto read = from.connection->Read(0); !read) return tl::unexpected(read.error());
  std::vector<std::string> arrived;
  while (auto raw = from.connection->stream().TakeNext()) {
    if (!raw->starts_with('>')) from.owes_reply = false;  // no push, so the reply
    arrived.push_back(*std::move(raw));
  }
  return arrived;
}

Status RedisTarget::AdvanceMs(int64_t ms) {
  // One more, because the server rounds its clock down.
  std::this_thread::sleep_for(Millis(ms + 1));
  return {};
}

Result<std::vector<Command>> RedisTarget::TakePropagated() {
  if (tap_ == nullptr) return Fail("expect_propagated", "the world does not record propagation");
  return tap_->Take(*control_);
}

void RedisTarget::Disconnect(int client) {
  clients_.erase(client);
  // The server has noticed once it has answered somebody else.
  if (control_ != nullptr && !Control({"PING"})) return;
}

bool RedisTarget::IsAlive() {
  if (server_ != nullptr) return server_->IsAlive() && !IsDying();
  const std::string ping[] = {"PING"};
  return control_ != nullptr && control_->Call(ping, options_.reply_limit_ms).has_value();
}

// A server that crashes closes its connections before its process has ended. Then its end is waited
// for, so that nobody takes it for alive.
bool RedisTarget::IsDying() {
  if (!control_->Read(0) || !control_->is_closed()) return false;
  if (OpenControl(address_)) return false;  // a scenario has killed our connection only
  return server_->AwaitEnd();
}

std::vector<std::string> RedisTarget::LogTail() {
  if (server_ == nullptr) return {};
  auto lines = server_->LogTail();
  if (!server_->IsAlive()) lines.push_back("redis-server " + server_->how_it_ended());
  return lines;
}

}  // namespace modcert::target
