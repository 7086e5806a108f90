#include "target/in_process.h"

#include <algorithm>

#include "engine/persistence.h"
#include "module/api_tables.h"
#include "module/loader.h"
#include "target/cluster_plan.h"

namespace modcert::target {
namespace {

constexpr int kFirstPort = 6379;     // of a world's first server; the others have the next ones
constexpr int kBusDistance = 10000;  // between the two ports of a node of a cluster
constexpr size_t kLogTailSize = 20;  // lines: what fits on a screen beside the failure

bool IsNoise(const Command& command) {
  return !command.empty() && (command[0] == "PING" || command[0] == "REPLCONF");
}

}  // namespace

void InProcessTarget::BuildSharedTables() {
  module::ApiTableOf(abi::DefaultProfile());
  const engine::CommandTable commands;
}

InProcessTarget::InProcessTarget(InProcessOptions options)
    : options_(std::move(options)), profile_(&abi::DefaultProfile()) {
  // One that is unknown is an error of Start.
  if (const auto named = abi::ParseProfile(options_.profile)) profile_ = *named;
}

InProcessTarget::~InProcessTarget() = default;

std::string_view InProcessTarget::profile() const { return profile_->name; }

std::string_view InProcessTarget::ProfileOf(const World& world) const {
  if (!options_.profile.empty()) return options_.profile;
  return world.profile.empty() ? abi::DefaultProfile().name : std::string_view(world.profile);
}

Result<InProcessTarget::Bare> InProcessTarget::MakeBare(const World& world) const {
  const std::string_view wanted = ProfileOf(world);
  const Result<const abi::Profile*> parsed = abi::ParseProfile(wanted);
  if (!parsed) return tl::unexpected(parsed.error());
  Bare bare{.profile = *parsed};
  bare.clock = std::make_unique<VirtualClock>();
  bare.host = std::make_unique<module::Host>(
      *bare.clock,
      module::Host::Options{
          .api = module::ApiTableOf(*bare.profile), .mode = options_.mode, .seed = options_.seed});
  for (const ModuleFile& file : world.modules) bare.paths.push_back(file.path);
  return bare;
}

Status InProcessTarget::Prepare(const World& world, Ahead ahead) {
  started_.reset();
  if (ahead == Ahead::kStart) {
    started_ = {.world = world, .status = StartNow(world)};
    return started_->status;
  }
  prepared_.reset();
  Result<Bare> bare = MakeBare(world);
  if (!bare) return tl::unexpected(bare.error());
  for (const std::string& path : bare->paths) {
    auto object = module::SharedObject::Open(path);
    if (!object) return tl::unexpected(object.error());
    bare->objects.push_back(*std::move(object));
  }
  prepared_ = *std::move(bare);
  return {};
}

// What was prepared, when it is for such a world or for any; or a new one, whose files are not
// open.
Result<InProcessTarget::Bare> InProcessTarget::TakeBare(const World& world) {
  const auto path_of = [](const ModuleFile& file) -> const std::string& { return file.path; };
  const auto has_files = [&] {
    return prepared_->paths.empty() ||
           std::ranges::equal(prepared_->paths, world.modules, {}, {}, path_of);
  };
  const bool fits = prepared_ && has_files() && prepared_->profile->name == ProfileOf(world);
  if (!fits) return MakeBare(world);
  Bare bare = *std::move(prepared_);
  prepared_.reset();
  return bare;
}

Status InProcessTarget::Start(const World& world) {
  if (!started_ || !started_->world.StartsLike(world)) return StartNow(world);
  // Who the clients are is no part of what has started.
  world_.client_servers = world.client_servers;
  Status status = std::move(started_->status);
  started_.reset();
  return status;
}

Status InProcessTarget::StartNow(const World& world) {
  started_.reset();
  slots_.clear();
  // Replicas go before whom they follow.
  while (!hosts_.empty()) hosts_.pop_back();
  profile_ = &abi::DefaultProfile();
  Result<Bare> bare = TakeBare(world);
  if (!bare) return tl::unexpected(bare.error());
  profile_ = bare->profile;
  clock_ = std::move(bare->clock);
  world_ = world;
  if (world_.servers.empty()) world_.servers.resize(1);
  hosts_.push_back(std::move(bare->host));
  for (size_t i = 1; i < world_.servers.size(); ++i)
    hosts_.push_back(std::make_unique<module::Host>(
        *clock_, module::Host::Options{.api = module::ApiTableOf(*profile_),
                                       .mode = options_.mode,
                                       .seed = options_.seed + i}));
  for (size_t i = 0; i < world_.servers.size(); ++i)
    if (Status started = StartServer(static_cast<int>(i), std::exchange(bare->objects, {}));
        !started)
      return started;
  return {};
}

// The node knows all others, and what they serve, before its modules come.
void InProcessTarget::JoinCluster(int index) {
  const auto node_of = [this](int server) {
    const int primary = world_.servers[static_cast<size_t>(server)].replica_of;
    return engine::ClusterNode{.id = NodeId(server),
                               .host = "127.0.0.1",
                               .port = kFirstPort + server,
                               .bus_port = kFirstPort + kBusDistance + server,
                               .epoch = NodeEpoch(world_, server),
                               .primary_id = primary < 0 ? std::string() : NodeId(primary)};
  };
  engine::Server& server = hosts_[static_cast<size_t>(index)]->server;
  server.config.Note("cluster-enabled", "yes");
  server.cluster = std::make_unique<engine::Cluster>(server, network_, node_of(index));
  for (size_t i = 0; i < world_.servers.size(); ++i)
    server.cluster->Know(node_of(static_cast<int>(i)), world_.servers[i].slots);
}

// `objects` are the files of the modules that are open already.
Status InProcessTarget::StartServer(int index,
                                    std::vector<std::unique_ptr<module::SharedObject>> objects) {
  module::Host& host = *hosts_[static_cast<size_t>(index)];
  const ServerOfWorld& server = world_.servers[static_cast<size_t>(index)];
  auto config = world_.config;
  config.insert(config.end(), server.config.begin(), server.config.end());
  // As in a config file, a name with a dot is that of a module that is not loaded yet.
  std::erase_if(config, [&](const auto& parameter) {
    const bool is_module = parameter.first.find('.') != std::string::npos &&
                           !host.server.config.Knows(parameter.first);
    if (is_module) host.config_queue.Add(parameter.first, parameter.second);
    return is_module;
  });
  if (const auto refused = host.server.config.Set(config)) return Fail("config", *refused);
  if (world_.is_cluster) JoinCluster(index);
  for (size_t i = 0; i < world_.modules.size(); ++i) {
    const ModuleFile& file = world_.modules[i];
    const bool is_open = i < objects.size();
    const auto module = is_open ? module::LoadModule(host, std::move(objects[i]), file.args)
                                : module::LoadModule(host, file.path, file.args);
    if (!module) return tl::unexpected(module.error());
  }
  if (!host.config_queue.empty()) return Fail("config", "a value that no module has asked for");
  if (const Status loaded = host.server.persistence->LoadAtStart(); !loaded) return loaded;
  host.server.replication->Join(directory_, kFirstPort + index);
  if (server.replica_of >= 0)
    host.server.replication->Follow("127.0.0.1", kFirstPort + server.replica_of,
                                    engine::Replication::When::kAtStart);
  return {};
}

std::string InProcessTarget::PortOf(int server) const {
  return std::to_string(kFirstPort + server);
}

std::string InProcessTarget::BusPortOf(int server) const {
  return std::to_string(kFirstPort + kBusDistance + server);
}

Status InProcessTarget::SetLink(int server, bool up) {
  engine::Replication& replication = *hosts_[static_cast<size_t>(server)]->server.replication;
  if (!replication.is_replica()) return Fail("link", "the server is no replica");
  if (up)
    replication.ResumeLink();
  else
    replication.DropLink();
  if (up && !replication.link_is_up()) return Fail("link", "the primary is out of reach");
  return {};
}

InProcessTarget::Slot& InProcessTarget::Connected(int client) {
  if (slots_.size() <= static_cast<size_t>(client)) slots_.resize(client + 1);
  Slot& slot = slots_[client];
  if (!slot.client) {
    slot.host = hosts_[static_cast<size_t>(world_.ServerOf(client))].get();
    slot.client = &slot.host->server.Connect();
  }
  return slot;
}

ReplyStream& InProcessTarget::StreamOf(Slot& slot) {
  if (!slot.stream) slot.stream = std::make_unique<ReplyStream>();
  return *slot.stream;
}

Status InProcessTarget::FeedOutput(Slot& slot) {
  raw_.swap(slot.client->output);
  slot.client->output.clear();
  return StreamOf(slot).Feed(raw_);
}

// Timers that a command or a thread set for right now.
void InProcessTarget::RunWhatIsDue() {
  for (const auto& host : hosts_) {
    host->ServeThreads();
    const std::optional<int64_t> due = host->server.timers.NextDue();
    if (due && *due <= clock_->now_ms()) host->server.RunDue();
  }
}

// A client that may get more than the replies to its commands.
bool InProcessTarget::IsSentMessages(const Slot& slot) {
  return slot.client->SubscriptionCount() > 0 || slot.client->is_monitor ||
         slot.host->server.tracking.active();
}

Result<Outcome> InProcessTarget::Send(int client, std::span<const std::string> argv, Wait wait) {
  Slot& slot = Connected(client);
  engine::Client& from = *slot.client;
  if (from.closed) return Close(slot);
  if (slot.owes_reply)
    return Fail("send", "the client is still blocked", "receive its reply first");
  if (!from.output.empty() || IsSentMessages(slot)) StreamOf(slot);
  if (slot.stream) {
    if (Status fed = FeedOutput(slot); !fed) return tl::unexpected(fed.error());
    slot.stream->BeginCommand();
  }
  const int64_t odd_replies = slot.host->odd_reply_count;
  slot.host->server.Execute(from, engine::Args(argv.begin(), argv.end()));
  RunWhatIsDue();
  if (from.blocked && wait == Wait::kForReply) AwaitUnblocked(slot);
  if (from.blocked) {
    slot.owes_reply = true;
    return Outcome{
        .kind = wait == Wait::kUntilBlocked ? Outcome::Kind::kBlocked : Outcome::Kind::kNothing,
        .raw = {}};
  }
  if (IsSentMessages(slot) || odd_replies != slot.host->odd_reply_count) {
    const bool is_new = !slot.stream;
    StreamOf(slot);
    if (is_new) slot.stream->BeginCommand();
  }
  return Reply(slot);
}

// What has been written for the command: all of the output, or the reply in a stream of messages.
Result<Outcome> InProcessTarget::Reply(Slot& slot) {
  if (slot.stream) {
    if (Status fed = FeedOutput(slot); !fed) return tl::unexpected(fed.error());
    std::optional<std::string> reply = slot.stream->TakeReply();
    if (reply) raw_ = *std::move(reply);
    if (!reply) raw_.clear();
  } else {
    raw_.swap(slot.client->output);
    slot.client->output.clear();
  }
  const bool closes = slot.client->close_after_reply || slot.client->closed;
  if (closes) Close(slot);
  if (!raw_.empty()) return Outcome{.kind = Outcome::Kind::kReply, .raw = raw_};
  return Outcome{.kind = closes ? Outcome::Kind::kClosed : Outcome::Kind::kNothing, .raw = {}};
}

// The server has ended the connection; the client connects again when it is used again.
Outcome InProcessTarget::Close(Slot& slot) {
  slot.host->server.Disconnect(*slot.client);
  slot = {};
  return {.kind = Outcome::Kind::kClosed, .raw = {}};
}

// Waits for whatever ends the client's wait: a thread of a module in real time, a timeout on the
// clock. False when nothing did.
bool InProcessTarget::AwaitUnblocked(Slot& slot) {
  engine::Client& client = *slot.client;
  while (client.blocked) {
    const bool by_thread = client.blocked->keys.empty();
    const int64_t deadline_ms = client.blocked->deadline_ms;
    const int64_t left_ms = deadline_ms == 0 ? options_.thread_limit_ms
                                             : std::max<int64_t>(deadline_ms - clock_->now_ms(), 0);
    if (by_thread &&
        slot.host->WaitForThreads(std::min<int64_t>(left_ms, options_.thread_limit_ms))) {
      RunWhatIsDue();
      continue;
    }
    if (deadline_ms == 0) return false;
    AdvanceTo(std::max(deadline_ms, clock_->now_ms() + 1));
    RunWhatIsDue();
  }
  return true;
}

Result<Outcome> InProcessTarget::Receive(int client) {
  Slot& slot = Connected(client);
  StreamOf(slot);
  if (Status fed = FeedOutput(slot); !fed) return tl::unexpected(fed.error());
  std::optional<std::string> next = slot.stream->TakeNext();
  if (!next) {
    if (slot.client->blocked) AwaitUnblocked(slot);
    if (Status fed = FeedOutput(slot); !fed) return tl::unexpected(fed.error());
    next = slot.stream->TakeNext();
  }
  if (!next && slot.client->closed) return Close(slot);
  if (!next) return Outcome{};
  if (!slot.client->blocked) slot.owes_reply = false;
  raw_ = *std::move(next);
  return Outcome{.kind = Outcome::Kind::kReply, .raw = raw_};
}

void InProcessTarget::AdvanceTo(int64_t at_ms) {
  std::vector<engine::Server*> servers;
  for (const auto& host : hosts_) servers.push_back(&host->server);
  engine::AdvanceTo(*clock_, servers, at_ms);
}

Result<std::vector<std::string>> InProcessTarget::TakeArrived(int client) {
  Slot& slot = Connected(client);
  StreamOf(slot);
  if (Status fed = FeedOutput(slot); !fed) return tl::unexpected(fed.error());
  std::vector<std::string> arrived;
  while (auto raw = slot.stream->TakeNext()) arrived.push_back(*std::move(raw));
  if (!slot.client->blocked) slot.owes_reply = false;
  return arrived;
}

Status InProcessTarget::AdvanceMs(int64_t ms) {
  RunWhatIsDue();
  AdvanceTo(clock_->now_ms() + ms);
  for (const auto& host : hosts_) host->PassTime(ms);
  if (world_.is_cluster) network_.Exchange();
  RunWhatIsDue();
  return {};
}

Result<std::vector<Command>> InProcessTarget::TakePropagated() {
  std::vector<Command> commands = host()->server.propagation.Take();
  std::erase_if(commands, IsNoise);
  return commands;
}

std::vector<validate::Finding> InProcessTarget::TakeFindings() {
  std::vector<validate::Finding> findings;
  for (const auto& host : hosts_)
    for (validate::Finding& finding : host->TakeFindings()) findings.push_back(std::move(finding));
  return findings;
}

void InProcessTarget::Disconnect(int client) {
  if (static_cast<size_t>(client) >= slots_.size() || !slots_[client].client) return;
  slots_[client].host->server.Disconnect(*slots_[client].client);
  slots_[client] = {};
  RunWhatIsDue();
}

std::vector<std::string> InProcessTarget::LogTail() {
  std::vector<std::string> tail;
  if (!host()) return tail;
  const auto& lines = host()->server.log.lines();
  const size_t first = lines.size() > kLogTailSize ? lines.size() - kLogTailSize : 0;
  for (size_t i = first; i < lines.size(); ++i) tail.push_back(lines[i].text);
  return tail;
}

std::vector<std::string> InProcessTarget::LastCalls() {
  return host() ? host()->trace.Last(kLogTailSize) : std::vector<std::string>();
}

}  // namespace modcert::target
