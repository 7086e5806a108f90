#include "module/host.h"

#include <algorithm>
#include <atomic>

#include "base/require.h"
#include "engine/commands/hash_field_expiry.h"
#include "engine/scripting/scripting.h"
#include "fmt/format.h"
#include "module/elf.h"
#include "module/get_api.h"
#include "module/key_meta_class.h"
#include "module/module_commands.h"
#include "module/scripting_engine.h"
#include "module/shared_object.h"

namespace modcert::module {
namespace {

using engine::PropagateTo;

constexpr size_t kCallsInFinding = 8;  // enough to see what led there

PropagateTo Both(PropagateTo a, PropagateTo b) {
  return static_cast<PropagateTo>(static_cast<int>(a) & static_cast<int>(b));
}

// Until 6.2 what a thread replicates goes out at once, and not when it unlocks.
bool GathersOfThreads(const abi::Profile& profile) { return abi::AtLeast(profile, {7, 0, 0}); }

// Threads of such a module may run on when the host goes, so its code stays.
bool MayHaveThreads(Module& module) {
  if (!module.has_object()) return false;
  const SharedObject& object = module.object();
  const Result<ElfFile> elf = ReadElf(object.ReadBytes(), object.path());
  return !elf || elf->CanStartThreads();
}

// Servers before 7.2 let a module add types whenever it wants.
bool TypesAtAnyTime(const abi::Profile& profile) {
  return profile.redis_version < abi::Version{7, 2, 0};
}

void RemoveScriptEngines(engine::Server& server, const Module& module) {
  if (!server.scripting_if_any()) return;
  engine::scripting::Scripting& scripting = server.scripting();
  std::vector<const engine::scripting::ScriptEngine*> gone;
  for (const auto& engine : scripting.engines.all())
    if (&static_cast<const ModuleScriptEngine&>(*engine).module() == &module)
      gone.push_back(engine.get());
  for (const auto* engine : gone) scripting.RemoveEngine(*engine);
}

// Of hosts that are gone: a thread of a module may wait for one of these, and does so for ever.
void KeepLock(GlobalLock& lock) {
  static auto& kept = *new std::vector<std::unique_ptr<GlobalLock>>;
  static std::mutex mutex;
  const std::lock_guard guard(mutex);
  kept.emplace_back(&lock);
}

}  // namespace

Host::Host(const Clock& clock, const Options& options)
    : api(options.api),
      mode(options.mode),
      lock(*new GlobalLock),
      handles(options.mode == abi::CallMode::kChecked ? HandleSlabs::kQuarantineSize : 0),
      server(clock, options.seed),
      timers(*this),
      event_loop(*this),
      fork(*this),
      blocked_clients(*this),
      authentication(*this),
      keyspace_events(*this),
      server_events(*this),
      cluster_messages(*this),
      defrag(*this) {
  lock.Lock();
  const abi::Profile& profile = api.profile();
  server.version = profile.redis_version.ToString();
  if (abi::IsValkey(profile)) server.valkey_version = profile.version.ToString();
  server.on_active_defrag_set = [this] { defrag.Switched(); };
  // Fields of hashes expire in these servers.
  if (abi::AtLeast(profile, {7, 4, 0}) || abi::ValkeyAtLeast(profile, {9, 0, 0}))
    engine::AddFieldExpiryCommands(server.commands);
  RegisterHost(*this);
  AddModuleCommands(*this);
  server.acl.on_remove = [this](engine::AclUser& gone) { ForgetUser(gone); };
}

Host::~Host() {
  server.events.SetWanted(0);  // a server that ends tells its modules only in SHUTDOWN
  // Clients first: their callbacks belong to modules that are still there. Values next, for the
  // same reason.
  while (!server.clients().empty()) server.Disconnect(*server.clients().begin()->second);
  FreeAllValues();
  bool threads_may_live = false;
  while (!modules_.empty()) {
    Module& module = *modules_.back();
    if (MayHaveThreads(module)) {
      module.object().NeverClose();
      threads_may_live = true;
    }
    RemoveModule(module);
  }
  // What the parts of the server still do concerns nobody.
  server.propagation.SetBeforeEnd(nullptr);
  server.notifier.SetListener(nullptr);
  server.after_call = nullptr;
  UnregisterHost(*this);
  if (threads_may_live) {
    KeepLock(lock);
  } else {
    delete &lock;
  }
}

// acl.unload-ends-clients: those who would tell the module of a change of user, and cannot any
// more.
void Host::DeauthenticateClientsOf(const Module& module) {
  for (const auto& [id, client] : server.clients()) {
    if (!client->user_watch || client->user_watch->owner != &module) continue;
    client->UserChanged();
    server.Deauthenticate(*client);
  }
}

void Host::FreeAllValues() { server.keyspace.Flush(-1); }

Module* Host::FindModule(std::string_view name) const {
  const auto it = std::find_if(modules_.begin(), modules_.end(), [&](const auto& module) {
    return !module->in_on_load && engine::CommandNameEqual{}(module->name, name);
  });
  return it == modules_.end() ? nullptr : it->get();
}

RedisModuleCtx* Host::NewContext(Module* module, ContextKind kind, engine::Client* client) {
  return handles.contexts.New(module, GetApiAddress(), *this, module, kind, client);
}

RedisModuleCtx* Host::NewContextWithClient(Module* module, ContextKind kind, int db) {
  RedisModuleCtx* ctx = NewContext(module, kind, &TakeClient(db));
  ctx->is_owned_client = true;
  return ctx;
}

RedisModuleCtx* Host::NewThreadSafeContext(Module* module, RedisModuleBlockedClient* handle) {
  // Not a connection of the server: that would need the lock.
  static std::atomic<uint64_t> next_id = uint64_t{1} << 40;
  auto client = std::make_unique<engine::Client>(next_id++, engine::Client::Origin::kInternal);
  client->deny_blocking = true;
  RedisModuleCtx* ctx = NewContext(module, ContextKind::kThreadSafe, client.get());
  ctx->own_client = std::move(client);
  if (!handle) return ctx;
  ctx->client->db = handle->db;
  ctx->client->protocol = handle->protocol;
  ctx->blocked_client = handle;
  ctx->reply = &handle->reply;
  return ctx;
}

void Host::EndContext(RedisModuleCtx* ctx) {
  // memory.auto-releases: in order of creation, as on a real server.
  for (const RedisModuleCtx::Tracked& tracked : std::exchange(ctx->tracked, {}))
    FreeTracked(tracked);
  while (!ctx->keys.empty()) {
    // key.not-closed: without automatic memory the module closes what it opened.
    Report("key.not-closed",
           fmt::format("key '{}' was still open when its context ended", ctx->keys.back()->name),
           validate::Severity::kWarning);
    CloseKey(ctx->keys.back());
  }
  if (ctx->is_owned_client) GiveBackClient(*ctx->client);
  handles.contexts.End(ctx);
}

RedisModuleString* Host::NewString(RedisModuleCtx* ctx, std::string bytes) {
  Module* owner = ctx ? ctx->module : nullptr;
  RedisModuleString* string = handles.strings.New(owner, std::move(bytes));
  if (ctx) ctx->Track(abi::HandleKind::kString, string);
  return string;
}

void Host::ReleaseString(RedisModuleString* string) {
  if (--string->references == 0) handles.strings.End(string);
}

void Host::CloseKey(RedisModuleKey* key) {
  if (key->ctx) std::erase(key->ctx->keys, key);
  // key.close-signals-write: a key opened for writing counts as changed, unless the module says so
  // itself with SignalModifiedKey.
  const Module* module = key->ctx ? key->ctx->module : nullptr;
  const bool is_silent =
      module && (module->options & REDISMODULE_OPTION_NO_IMPLICIT_SIGNAL_MODIFIED) != 0;
  if (key->writable() && !is_silent)
    server.keyspace.Touched(key->db, key->name, key->ctx ? key->ctx->client : nullptr);
  if (key->stream_has_grown) server.blocking.KeyReady(key->db, key->name);
  if (key->name_string) ReleaseString(key->name_string);
  handles.keys.End(key);
}

void Host::FreeReply(RedisModuleCallReply* reply) {
  for (RedisModuleCallReply* descendant : std::exchange(reply->descendants, {}))
    handles.replies.End(descendant);
  handles.replies.End(reply);
}

// A handle of a user who was removed stands for nobody; a real server follows a dead pointer.
void Host::ForgetUser(const engine::AclUser& gone) {
  handles.users.ForEachLive([&](HandleHeader&, RedisModuleUser& handle) {
    if (handle.user == &gone && !handle.own) handle.user = &server.acl.nobody();
  });
}

void Host::FreeDict(RedisModuleDict* dict) { handles.dicts.End(dict); }

void Host::FreeTracked(const RedisModuleCtx::Tracked& tracked) {
  switch (tracked.kind) {
    case abi::HandleKind::kString:
      return ReleaseString(static_cast<RedisModuleString*>(tracked.handle));
    case abi::HandleKind::kKey:
      return CloseKey(static_cast<RedisModuleKey*>(tracked.handle));
    case abi::HandleKind::kCallReply:
      return FreeReply(static_cast<RedisModuleCallReply*>(tracked.handle));
    case abi::HandleKind::kDict:
      return FreeDict(static_cast<RedisModuleDict*>(tracked.handle));
    case abi::HandleKind::kConfigIterator:
      return handles.config_iterators.End(static_cast<RedisModuleConfigIterator*>(tracked.handle));
    case abi::HandleKind::kServerInfoData:
      return handles.server_infos.End(static_cast<RedisModuleServerInfoData*>(tracked.handle));
    case abi::HandleKind::kNone:
      return free(tracked.handle);  // slot ranges: plain memory that modules look into
    default:
      Require(false, "automatic memory has a handle of a kind that it does not know");
  }
}

void Host::Propagate(int db, engine::Args args, PropagateTo to) {
  server.propagation.Add(db, std::move(args), Both(to, propagate_to_));
}

void Host::PropagateBehind(int db, engine::Args args, PropagateTo to) {
  server.propagation.AddBehind(db, std::move(args), Both(to, propagate_to_));
}

Host::PropagationLimit::PropagationLimit(Host& host, PropagateTo to)
    : host_(host), previous_(host.propagate_to_) {
  host_.propagate_to_ = Both(previous_, to);
}

void Host::Log(Module* module, engine::ServerLog::Level level, std::string_view text) {
  const std::lock_guard guard(report_mutex_);
  const std::string_view name =
      module && module->initialized() ? std::string_view(module->name) : "module";
  const std::string line = fmt::format("<{}> {}", name, text);
  server.log.Write(level, line);
  if (module && module->in_on_load) module->load_log.push_back(line);
}

void Host::Report(std::string_view contract, std::string message, validate::Severity severity) {
  const int function = HandleSlabs::CurrentStamp().function;
  const Module* module = CurrentModule();
  validate::Finding finding;
  finding.contract = contract;
  finding.severity = severity;
  finding.message = std::move(message);
  if (module) finding.module = module->initialized() ? module->name : module->path;
  if (function >= 0) finding.function = abi::AllFunctions()[function].name;
  const std::lock_guard guard(report_mutex_);
  const auto same = [&](const validate::Finding& other) {
    return other.contract == finding.contract && other.module == finding.module &&
           other.function == finding.function;
  };
  if (std::any_of(findings_.begin(), findings_.end(), same)) return;
  if (lock.HeldByThisThread()) finding.last_calls = trace.Last(kCallsInFinding);
  findings_.push_back(std::move(finding));
}

std::vector<validate::Finding> Host::TakeFindings() {
  const std::lock_guard guard(report_mutex_);
  return std::exchange(findings_, {});
}

engine::Client& Host::TakeClient(int db) {
  if (idle_clients_.empty())
    idle_clients_.push_back(&server.Connect(engine::Client::Origin::kInternal));
  engine::Client& client = *idle_clients_.back();
  idle_clients_.pop_back();
  client.db = db;
  return client;
}

void Host::GiveBackClient(engine::Client& client) {
  client.protocol = resp::Protocol::kResp2;
  client.collects_output = false;
  client.output.clear();
  idle_clients_.push_back(&client);
}

void Host::LockForThread() {
  lock.Lock();
  if (GathersOfThreads(api.profile())) server.propagation.BeginUnit();
}

bool Host::TryLockForThread() {
  if (!lock.TryLock()) return false;
  if (GathersOfThreads(api.profile())) server.propagation.BeginUnit();
  return true;
}

void Host::UnlockForThread() {
  if (GathersOfThreads(api.profile())) server.propagation.EndUnit();
  server.AfterUnit();
  lock.Unlock();
}

void Host::ServeThreads() {
  fork.EndIfChild();
  lock.YieldToWaiters();
  event_loop.Serve(0);
  if (blocked_clients.HasUnblocked()) blocked_clients.ServeUnblocked();
  server.AfterUnit();
}

bool Host::WaitForThreads(int64_t limit_ms) {
  // Who waits for descriptors or has work for the main thread does not say when it comes.
  constexpr int64_t kLookEveryMs = 1;
  for (int64_t waited_ms = 0; waited_ms < limit_ms; waited_ms += kLookEveryMs) {
    const bool may_come = event_loop.HasDescriptors() || event_loop.HasOneShots();
    if (!may_come) return blocked_clients.WaitForUnblock(limit_ms - waited_ms);
    event_loop.Serve(0);
    if (blocked_clients.WaitForUnblock(kLookEveryMs)) return true;
  }
  return false;
}

void Host::PassTime(int64_t ms) {
  // A child needs real time to end, and more of it on a slow machine than the spec may say.
  constexpr int64_t kChildMs = 500;
  constexpr int64_t kDescriptorsMs = 50;
  fork.Await(ms + kChildMs);
  event_loop.Serve(static_cast<int>(std::min(ms, kDescriptorsMs)));
}

void Host::LetClientsIn(Module& module, std::string_view words) {
  ExpectYields(module);
  // Meanwhile nobody is in the module.
  const ModuleScope nobody(*this, nullptr);
  if (server.scripting_if_any()) server.scripting().Yield(words);
}

void Host::ExpectYields(Module& module) {
  if (module.yields) return;
  module.yields = true;
  server.may_yield = [this](const engine::Command& command) {
    const Module* owner = command.module.empty() ? nullptr : FindModule(command.module);
    return owner && owner->yields;
  };
}

Module& Host::AddModule(std::unique_ptr<Module> module) {
  Module& added = *module;
  ChangeModules([&] { modules_.push_back(std::move(module)); });
  return added;
}

void Host::RemoveModule(Module& module) {
  for (const std::string& command : module.commands) server.commands.Remove(command);
  for (RedisModuleCommand* command : std::exchange(module.command_handles, {}))
    handles.commands.End(command);
  for (const auto& config : module.configs) server.config.Remove(&config->parameter());
  // command.category-stays: but that of a module that did not come to be goes.
  if (module.in_on_load) server.acl.commands().RemoveCategories(module.acl_category_count);
  DeauthenticateClientsOf(module);
  for (const auto& type : module.types) server.types.Remove(type.get());
  server.key_meta_classes.ReleaseAll([&](const engine::KeyMetaClass& owner) {
    return &static_cast<const ModuleKeyMetaClass&>(owner).module() == &module;
  });
  RemoveScriptEngines(server, module);
  keyspace_events.Forget(module);
  server_events.Forget(module);
  authentication.Forget(module);
  cluster_messages.Forget(module);
  while (!module.filters.empty()) RemoveFilter(module.filters.back());
  while (!module.promises.empty()) {
    // A copy: the promise takes itself off the list.
    const std::shared_ptr<CallPromise> promise = module.promises.back();
    promise->Abort();
  }
  timers.Forget(&module);
  event_loop.Forget(&module);
  fork.Forget(&module);
  shared_apis.Forget(module);
  std::unique_ptr<Module> gone;
  ChangeModules([&] {
    const auto it = std::find_if(modules_.begin(), modules_.end(),
                                 [&](const auto& other) { return other.get() == &module; });
    gone = std::move(*it);
    modules_.erase(it);
  });
  if (on_unloaded) on_unloaded(*gone);
}

RedisModuleType* Host::AddType(Module& module, std::string_view name, int encoding_version,
                               const RedisModuleTypeMethods* methods) {
  RedisModuleTypeMethods known;
  // type.only-in-onload
  if (!module.in_on_load && !TypesAtAnyTime(api.profile())) return nullptr;
  // type.create, type.methods-version
  if (TypeId(name, encoding_version) == 0 || !ReadTypeMethods(methods, api.profile(), known))
    return nullptr;
  // type.name-taken, type.name-twice-in-onload: by a module whose OnLoad is through.
  for (const auto& other : modules_)
    for (const auto& type : other->types)
      if (!other->in_on_load && type->name() == name) return nullptr;
  module.types.push_back(
      std::make_unique<RedisModuleType>(*this, module, std::string(name), encoding_version, known));
  server.types.Add(module.types.back().get());
  return module.types.back().get();
}

int Host::AddKeyMetaClass(Module& module, std::string_view name, int version,
                          const RedisModuleKeyMetaClassConfig* config) {
  // keymeta.create-refused, keymeta.name
  enum Refused { kNotInOnLoad = -1, kNoConfig = -2, kUnknownStruct = -3, kNameOrRoom = -4 };
  if (!module.in_on_load) return kNotInOnLoad;
  if (!config) return kNoConfig;
  if (config->version == 0 || config->version > REDISMODULE_KEY_META_VERSION) return kUnknownStruct;
  const std::optional<uint32_t> spec = KeyMetaSpec(name, version, config->flags);
  if (!spec) return kNameOrRoom;
  auto added = std::make_unique<ModuleKeyMetaClass>(*this, module, *spec, *config);
  // DEVIATION: the name of a class that is there ends a server of 8.6; here it is refused.
  const std::optional<int> id = server.key_meta_classes.Add(added.get());
  if (!id) return kNameOrRoom;  // keymeta.no-room
  module.key_meta_classes.push_back(std::move(added));
  return *id;  // keymeta.create
}

}  // namespace modcert::module
