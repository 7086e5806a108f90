// Each event of the engine becomes an id, a subevent and the struct that modules know. Redis and
// Valkey give the ids from 18 on different meanings.

#include "module/server_events.h"

#include <algorithm>
#include <optional>

#include "base/parse_number.h"
#include "engine/client_info.h"
#include "engine/replication.h"
#include "module/host.h"
#include "module/slot_ranges.h"

namespace modcert::module {
namespace {

using abi::AtLeast;
using abi::Profile;
using abi::ServerEvent;

// Which event of the engine is behind one of the API; none for what the host itself tells of.
template <typename Event>
constexpr uint32_t kBit = engine::EventBit<Event>();

uint32_t BitOf(ServerEvent event) {
  switch (event) {
    case ServerEvent::kReplicationRoleChanged:
      return kBit<engine::RoleChanged>;
    case ServerEvent::kPersistence:
      return kBit<engine::PersistenceStep>;
    case ServerEvent::kFlushDB:
      return kBit<engine::FlushStep>;
    case ServerEvent::kLoading:
      return kBit<engine::LoadingStep>;
    case ServerEvent::kClientChange:
      return kBit<engine::ClientChange>;
    case ServerEvent::kShutdown:
      return kBit<engine::ShutdownBegins>;
    case ServerEvent::kReplicaChange:
      return kBit<engine::ReplicaChange>;
    case ServerEvent::kMasterLinkChange:
      return kBit<engine::PrimaryLinkChange>;
    case ServerEvent::kCronLoop:
      return kBit<engine::CronTick>;
    case ServerEvent::kModuleChange:
      return 0;
    case ServerEvent::kLoadingProgress:
      return kBit<engine::LoadingProgress>;
    case ServerEvent::kSwapDB:
      return kBit<engine::DatabasesSwapped>;
    case ServerEvent::kReplBackup:
      return kBit<engine::BackupStep>;
    case ServerEvent::kForkChild:
      return kBit<engine::ChildStep>;
    case ServerEvent::kReplAsyncLoad:
      return kBit<engine::AsyncLoadStep>;
    case ServerEvent::kEventLoop:
      return kBit<engine::LoopStep>;
    case ServerEvent::kConfig:
      return kBit<engine::ConfigChanged>;
    case ServerEvent::kKey:
      return kBit<engine::KeyGone>;
    case ServerEvent::kClusterSlotMigration:
    case ServerEvent::kAtomicSlotMigration:
      return kBit<engine::SlotMigrationStep>;
    case ServerEvent::kClusterSlotMigrationTrim:
      return kBit<engine::SlotTrimStep>;
    case ServerEvent::kClusterTopologyChange:
      return kBit<engine::TopologyChanged>;
    case ServerEvent::kAuthenticationAttempt:
      return kBit<engine::AuthenticationTried>;
    case ServerEvent::kCommandResultSuccess:
    case ServerEvent::kCommandResultFailure:
    case ServerEvent::kCommandResultRejected:
    case ServerEvent::kCommandResultACLRejected:
      return kBit<engine::CommandDone>;
  }
  return 0;
}

// Older servers take any id, and any version of the data.
bool ChecksEventId(const Profile& profile) { return AtLeast(profile, {6, 0, 9}); }
bool ChecksDataVersion(const Profile& profile) { return AtLeast(profile, {7, 0, 0}); }
// A replica's backup gave way to the asynchronous load.
bool HasReplicaBackup(const Profile& profile) { return !AtLeast(profile, {7, 0, 0}); }
// A flush without a word is the work of a thread, for which the client waits.
bool FlushesInThread(const Profile& profile) { return AtLeast(profile, {7, 4, 0}); }

constexpr uint64_t kDataVersion = 1;  // of all events so far

RedisModuleClientInfoV1 ClientInfoOf(const engine::Client& client) {
  RedisModuleClientInfoV1 info = {};
  info.version = REDISMODULE_CLIENTINFO_VERSION;
  if (client.SubscriptionCount() > 0) info.flags |= REDISMODULE_CLIENTINFO_FLAG_PUBSUB;
  if (client.blocked) info.flags |= REDISMODULE_CLIENTINFO_FLAG_BLOCKED;
  if (client.tracking.on) info.flags |= REDISMODULE_CLIENTINFO_FLAG_TRACKING;
  if (client.transaction.open) info.flags |= REDISMODULE_CLIENTINFO_FLAG_MULTI;
  info.id = client.id();
  const std::string_view address = engine::kClientAddress;
  const size_t colon = address.rfind(':');
  address.copy(info.addr, std::min(colon, sizeof(info.addr) - 1));
  info.port = static_cast<uint16_t>(ParseInteger(address.substr(colon + 1)).value_or(0));
  info.db = static_cast<uint16_t>(client.db);
  return info;
}

}  // namespace

// One event on its way to its subscribers. `data` may be made for each of them.
struct ServerEventSubscriptions::Occasion {
  uint64_t id;
  uint64_t subevent = 0;
  void* data = nullptr;
  int db = 0;                        // selected in the context
  engine::Client* client = nullptr;  // of the context; null: an internal one
  const Module* not_to = nullptr;
  const engine::KeyGone* key = nullptr;
  const engine::CommandDone* command = nullptr;
};

// ---- From the engine's events to the structs of the API.

struct ServerEventSubscriptions::Translator {
  ServerEventSubscriptions& to;

  engine::Server& server() const { return to.host_.server; }
  int hz() const { return static_cast<int>(ParseInteger(server().config.Get("hz")).value_or(0)); }

  void operator()(const engine::RoleChanged& event) const {
    const engine::Replication& replication = *server().replication;
    std::string host = replication.primary_host();
    std::string id = replication.id();
    std::string previous_id = replication.previous_id();
    RedisModuleReplicationInfoV1 info = {};
    info.version = REDISMODULE_REPLICATIONINFO_VERSION;
    info.master = event.is_replica ? 0 : 1;
    info.masterhost = host.data();
    info.masterport = replication.primary_port();
    info.replid1 = id.data();
    info.replid2 = previous_id.data();
    info.repl1_offset = static_cast<uint64_t>(replication.offset());
    info.repl2_offset = static_cast<uint64_t>(replication.previous_end());
    to.Deliver({.id = REDISMODULE_EVENT_REPLICATION_ROLE_CHANGED,
                .subevent = event.is_replica ? uint64_t{1} : uint64_t{0},
                .data = &info});
  }
  void operator()(const engine::PersistenceStep& event) const {
    Step(REDISMODULE_EVENT_PERSISTENCE, event.step);
  }
  void operator()(const engine::FlushStep& event) const {
    using Mode = engine::FlushStep::Mode;
    if (to.awaits_gone_keys_ && event.step == engine::FlushStep::kEnd) AllKeysWent(event.db);
    const bool is_sync = event.mode == Mode::kSync ||
                         (event.mode == Mode::kPlain && !FlushesInThread(to.host_.api.profile()));
    RedisModuleFlushInfoV1 info = {REDISMODULE_FLUSHINFO_VERSION, is_sync ? 1 : 0, event.db};
    to.Deliver({.id = REDISMODULE_EVENT_FLUSHDB,
                .subevent = event.step,
                .data = &info,
                .db = std::max(event.db, 0)});
  }
  void operator()(const engine::LoadingStep& event) const {
    Step(REDISMODULE_EVENT_LOADING, event.step);
  }
  void operator()(const engine::LoadingProgress& event) const {
    RedisModuleLoadingProgressV1 info = {REDISMODULE_LOADING_PROGRESS_VERSION, hz(),
                                         event.progress};
    to.Deliver({.id = REDISMODULE_EVENT_LOADING_PROGRESS, .subevent = event.source, .data = &info});
  }
  void operator()(const engine::ClientChange& event) const {
    RedisModuleClientInfoV1 info = ClientInfoOf(event.client);
    to.Deliver({.id = REDISMODULE_EVENT_CLIENT_CHANGE,
                .subevent = event.step,
                .data = &info,
                .client = &event.client});
  }
  void operator()(const engine::ShutdownBegins&) const { Step(REDISMODULE_EVENT_SHUTDOWN, 0); }
  void operator()(const engine::ReplicaChange& event) const {
    Step(REDISMODULE_EVENT_REPLICA_CHANGE, event.step);
  }
  void operator()(const engine::PrimaryLinkChange& event) const {
    Step(REDISMODULE_EVENT_MASTER_LINK_CHANGE, event.step);
  }
  void operator()(const engine::CronTick&) const {
    RedisModuleCronLoopV1 info = {REDISMODULE_CRON_LOOP_VERSION, hz()};
    to.Deliver({.id = REDISMODULE_EVENT_CRON_LOOP, .data = &info});
  }
  void operator()(const engine::DatabasesSwapped& event) const {
    RedisModuleSwapDbInfoV1 info = {REDISMODULE_SWAPDBINFO_VERSION, event.first, event.second};
    to.Deliver({.id = REDISMODULE_EVENT_SWAPDB, .data = &info});
  }
  void operator()(const engine::BackupStep& event) const {
    if (HasReplicaBackup(to.host_.api.profile())) Step(REDISMODULE_EVENT_REPL_BACKUP, event.step);
  }
  void operator()(const engine::AsyncLoadStep& event) const {
    Step(REDISMODULE_EVENT_REPL_ASYNC_LOAD, event.step);
  }
  void operator()(const engine::ChildStep& event) const {
    Step(REDISMODULE_EVENT_FORK_CHILD, event.step);
  }
  void operator()(const engine::LoopStep& event) const {
    Step(REDISMODULE_EVENT_EVENTLOOP, event.step);
  }
  void operator()(const engine::ConfigChanged& event) const {
    std::vector<const char*> names;
    for (const std::string& name : event.names) names.push_back(name.c_str());
    // hook.config-version: servers leave the version at zero.
    RedisModuleConfigChangeV1 info = {0, static_cast<uint32_t>(names.size()), names.data()};
    to.Deliver({.id = REDISMODULE_EVENT_CONFIG, .data = &info});
  }
  void operator()(const engine::KeyGone& event) const {
    if (to.awaits_gone_keys_) server().blocking.KeyReady(event.db, event.key);
    to.Deliver(
        {.id = REDISMODULE_EVENT_KEY, .subevent = event.step, .db = event.db, .key = &event});
  }
  void operator()(const engine::SlotMigrationStep& event) const {
    if (abi::IsValkey(to.host_.api.profile()))
      MigrationOfValkey(event);
    else
      MigrationOfRedis(event);
  }
  void operator()(const engine::SlotTrimStep& event) const {
    const SlotRangesPointer slots = NewSlotRanges(event.slots);
    RedisModuleClusterSlotMigrationTrimInfoV1 info = {
        REDISMODULE_CLUSTER_SLOT_MIGRATION_TRIMINFO_VERSION, slots.get()};
    to.Deliver({.id = REDISMODULE_EVENT_CLUSTER_SLOT_MIGRATION_TRIM,
                .subevent = event.step,
                .data = &info});
  }
  void operator()(const engine::TopologyChanged& event) const {
    RedisModuleClusterTopologyChangeInfoV1 info = {REDISMODULE_CLUSTER_TOPOLOGY_CHANGE_INFO_VERSION,
                                                   event.flags};
    to.Deliver({.id = REDISMODULE_EVENT_CLUSTER_TOPOLOGY_CHANGE, .data = &info});
  }
  void operator()(const engine::AuthenticationTried& event) const {
    const std::string user(event.user);
    const std::string module(event.module);
    ValkeyModuleAuthenticationInfoV1 info = {
        1, event.client.id(), user.c_str(), module.empty() ? nullptr : module.c_str(),
        event.granted ? VALKEYMODULE_AUTH_RESULT_GRANTED : VALKEYMODULE_AUTH_RESULT_DENIED};
    to.Deliver({.id = VALKEYMODULE_EVENT_AUTHENTICATION_ATTEMPT, .data = &info});
  }
  void operator()(const engine::CommandDone& event) const {
    constexpr uint64_t kFirst = VALKEYMODULE_EVENT_COMMAND_RESULT_SUCCESS;
    const std::string name(event.command);
    const std::string context(event.context);
    std::vector<RedisModuleString*> argv;
    for (const std::string& arg : event.args) argv.push_back(to.host_.NewString(nullptr, arg));
    ValkeyModuleCommandResultInfoV1 info = {};
    info.version = 1;
    info.command_name = name.c_str();
    info.duration_us = event.duration_us;
    info.dirty = event.dirty;
    info.client_id = event.client.id();
    info.is_module_client = event.client.origin() == engine::Client::Origin::kInternal ? 1 : 0;
    info.argc = static_cast<int>(argv.size());
    info.argv = argv.data();
    info.rejection_context = context.empty() ? nullptr : context.c_str();
    to.Deliver({.id = kFirst + static_cast<uint64_t>(event.result),
                .subevent = static_cast<uint64_t>(event.denial),
                .data = &info});
    for (RedisModuleString* arg : argv) to.host_.ReleaseString(arg);
  }

  // -1 stands for all databases.
  void AllKeysWent(int db) const {
    for (const auto& [id, client] : server().clients()) {
      if (!client->blocked || (db != -1 && db != client->blocked->db)) continue;
      for (const std::string& key : client->blocked->keys)
        server().blocking.KeyReady(client->blocked->db, key);
    }
  }
  void Step(uint64_t id, int step) const {
    to.Deliver({.id = id, .subevent = static_cast<uint64_t>(step)});
  }
  void MigrationOfRedis(const engine::SlotMigrationStep& event) const {
    const std::string task(event.task);
    const SlotRangesPointer slots = NewSlotRanges(event.slots);
    RedisModuleClusterSlotMigrationInfoV1 info = {};
    info.version = REDISMODULE_CLUSTER_SLOT_MIGRATION_INFO_VERSION;
    event.source_id.copy(info.source_node_id, REDISMODULE_NODE_ID_LEN);
    event.destination_id.copy(info.destination_node_id, REDISMODULE_NODE_ID_LEN);
    info.task_id = task.c_str();
    info.slots = slots.get();
    to.Deliver(
        {.id = REDISMODULE_EVENT_CLUSTER_SLOT_MIGRATION, .subevent = event.step, .data = &info});
  }
  void MigrationOfValkey(const engine::SlotMigrationStep& event) const {
    // By the numbers of Redis; the last two have no counterpart.
    constexpr int kSteps[] = {
        VALKEYMODULE_SUBEVENT_ATOMIC_SLOT_MIGRATION_IMPORT_STARTED,
        VALKEYMODULE_SUBEVENT_ATOMIC_SLOT_MIGRATION_IMPORT_ABORTED,
        VALKEYMODULE_SUBEVENT_ATOMIC_SLOT_MIGRATION_IMPORT_COMPLETED,
        VALKEYMODULE_SUBEVENT_ATOMIC_SLOT_MIGRATION_EXPORT_STARTED,
        VALKEYMODULE_SUBEVENT_ATOMIC_SLOT_MIGRATION_EXPORT_ABORTED,
        VALKEYMODULE_SUBEVENT_ATOMIC_SLOT_MIGRATION_EXPORT_COMPLETED,
    };
    if (static_cast<size_t>(event.step) >= std::size(kSteps)) return;
    std::vector<ValkeyModuleSlotRange> slots;
    for (const auto& [first, last] : event.slots) slots.push_back({first, last});
    ValkeyModuleAtomicSlotMigrationInfoV1 info = {};
    info.version = 1;
    event.task.copy(info.job_name, REDISMODULE_NODE_ID_LEN);
    info.slot_ranges = slots.data();
    info.num_slot_ranges = static_cast<uint32_t>(slots.size());
    to.Deliver({.id = VALKEYMODULE_EVENT_ATOMIC_SLOT_MIGRATION,
                .subevent = static_cast<uint64_t>(kSteps[event.step]),
                .data = &info});
  }
};

ServerEventSubscriptions::ServerEventSubscriptions(Host& host) : host_(host) {
  host.server.events.SetListener(
      [this](const engine::ServerEvent& event) { std::visit(Translator{*this}, event); });
}

bool ServerEventSubscriptions::Accepts(RedisModuleEvent event) const {
  const Profile& profile = host_.api.profile();
  if (ChecksEventId(profile) && !abi::EventOf(event.id, profile)) return false;
  return !ChecksDataVersion(profile) || event.dataver <= kDataVersion;
}

bool ServerEventSubscriptions::Supports(uint64_t id, uint64_t subevent) const {
  const Profile& profile = host_.api.profile();
  const auto event = abi::EventOf(id, profile);
  if (!event) return false;
  // hook.backup-gone: since 7.0 it counts as unknown here, though one may subscribe to it.
  if (event == ServerEvent::kReplBackup && !HasReplicaBackup(profile)) return false;
  // hook.negative-subevent: servers compare signed numbers.
  return static_cast<int64_t>(subevent) < static_cast<int64_t>(abi::SubeventCount(*event, profile));
}

bool ServerEventSubscriptions::Subscribe(Module& module, RedisModuleEvent event,
                                         RedisModuleEventCallback callback) {
  if (!Accepts(event)) return false;
  const auto same = [&](const Subscription& other) {
    return other.module == &module && other.event.id == event.id;
  };
  const auto found = std::ranges::find_if(subscriptions_, same);
  if (found == subscriptions_.end())
    // hook.null-callback: also a null one is kept, and called.
    subscriptions_.push_back({&module, event, callback});
  else if (callback)
    found->callback = callback;  // hook.replaced: it keeps its place
  else
    subscriptions_.erase(found);
  UpdateWanted();
  return true;
}

void ServerEventSubscriptions::Forget(const Module& module) {
  std::erase_if(subscriptions_,
                [&](const Subscription& subscription) { return subscription.module == &module; });
  UpdateWanted();
}

void ServerEventSubscriptions::AwaitGoneKeys() {
  awaits_gone_keys_ = true;
  UpdateWanted();
}

void ServerEventSubscriptions::UpdateWanted() {
  uint32_t wanted = awaits_gone_keys_ ? kBit<engine::KeyGone> | kBit<engine::FlushStep> : 0;
  for (const Subscription& subscription : subscriptions_)
    if (const auto event = abi::EventOf(subscription.event.id, host_.api.profile()))
      wanted |= BitOf(*event);
  host_.server.events.SetWanted(wanted);
}

void ServerEventSubscriptions::Deliver(const Occasion& occasion) {
  // A copy: a callback may subscribe, or take a subscription back.
  const std::vector<Subscription> subscriptions = subscriptions_;
  for (const Subscription& subscription : subscriptions) {
    if (subscription.event.id != occasion.id || subscription.module == occasion.not_to) continue;
    const bool still_there = std::ranges::any_of(subscriptions_, [&](const Subscription& other) {
      return other.module == subscription.module && other.event.id == subscription.event.id;
    });
    if (still_there) Call(subscription, occasion);
  }
}

void ServerEventSubscriptions::Call(const Subscription& subscription, const Occasion& occasion) {
  Module* module = subscription.module;
  const engine::ExecutionUnit unit(host_.server.propagation);
  const ModuleScope scope(host_, module);
  RedisModuleCtx* ctx =
      occasion.client ? host_.NewContext(module, ContextKind::kServerEvent, occasion.client)
                      : host_.NewContextWithClient(module, ContextKind::kServerEvent, occasion.db);
  void* data = occasion.data;
  RedisModuleKeyInfoV1 key_info = {REDISMODULE_KEYINFO_VERSION, nullptr};
  if (const engine::KeyGone* gone = occasion.key) {
    // hook.key-host-closes: the handle is for reading, and ends with the callback.
    key_info.key = host_.handles.keys.New(module, ctx, gone->db, std::string(gone->key),
                                          REDISMODULE_READ, &gone->entry);
    data = &key_info;
  }
  RedisModuleEvent event = {occasion.id, kDataVersion};
  subscription.callback(ctx, event, occasion.subevent, data);
  if (key_info.key) host_.CloseKey(key_info.key);
  host_.EndContext(ctx);
}

void ServerEventSubscriptions::TellModuleChange(const Module& module, uint64_t subevent) {
  RedisModuleModuleChangeV1 info = {REDISMODULE_MODULE_CHANGE_VERSION, module.name.c_str(),
                                    module.version};
  Deliver({.id = REDISMODULE_EVENT_MODULE_CHANGE,
           .subevent = subevent,
           .data = &info,
           .not_to = &module});
}

}  // namespace modcert::module
