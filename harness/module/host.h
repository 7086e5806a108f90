// The host: a miniature server and the modules in it. A joint that owns the parts; the API
// functions (api/) work on the parts through it.
//
// The thread that makes a host holds its lock ("main thread") except where it waits, so all
// functions here need the lock unless they say otherwise.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "abi/api_table.h"
#include "base/clock.h"
#include "base/result.h"
#include "engine/server.h"
#include "module/authentication.h"
#include "module/blocked_client.h"
#include "module/call.h"
#include "module/call_reply.h"
#include "module/call_trace.h"
#include "module/cluster_messages.h"
#include "module/command.h"
#include "module/command_filter.h"
#include "module/config_iterator.h"
#include "module/context.h"
#include "module/current_host.h"
#include "module/data_type.h"
#include "module/defrag.h"
#include "module/dict.h"
#include "module/event_loop.h"
#include "module/global_lock.h"
#include "module/handle_table.h"
#include "module/info.h"
#include "module/io.h"
#include "module/key_handle.h"
#include "module/keyspace_events.h"
#include "module/module.h"
#include "module/module_config.h"
#include "module/module_fork.h"
#include "module/module_timers.h"
#include "module/rdb_stream.h"
#include "module/scan_cursor.h"
#include "module/server_events.h"
#include "module/shared_apis.h"
#include "module/string_handle.h"
#include "module/user.h"
#include "validate/finding.h"

namespace modcert::module {

// The pools that all handles of a host come from.
struct HandlePools {
  explicit HandlePools(size_t quarantine_size) : slabs(quarantine_size) {}

  HandleSlabs slabs;
  HandlePool<RedisModuleCtx> contexts{slabs};
  HandlePool<RedisModuleString> strings{slabs};
  HandlePool<RedisModuleKey> keys{slabs};
  HandlePool<RedisModuleCallReply> replies{slabs};
  HandlePool<RedisModuleDict> dicts{slabs};
  HandlePool<RedisModuleDictIter> dict_iterators{slabs};
  HandlePool<RedisModuleScanCursor> scan_cursors{slabs};
  HandlePool<RedisModuleIO> ios{slabs};
  HandlePool<RedisModuleDigest> digests{slabs};
  HandlePool<RedisModuleKeyOptCtx> key_options{slabs};
  HandlePool<RedisModuleDefragCtx> defrag_contexts{slabs};
  HandlePool<RedisModuleRdbStream> rdb_streams{slabs};
  HandlePool<RedisModuleBlockedClient> blocked_clients{slabs};
  HandlePool<RedisModuleCommandFilter> filters{slabs};
  HandlePool<RedisModuleCommandFilterCtx> filter_contexts{slabs};
  HandlePool<RedisModuleUser> users{slabs};
  HandlePool<RedisModuleCommand> commands{slabs};
  HandlePool<RedisModuleConfigIterator> config_iterators{slabs};
  HandlePool<RedisModuleInfoCtx> infos{slabs};
  HandlePool<RedisModuleServerInfoData> server_infos{slabs};
};

class Host {
 public:
  struct Options {
    const abi::ApiTable& api;  // must outlive the host; may be shared by many
    abi::CallMode mode = abi::CallMode::kChecked;
    uint64_t seed = 1;
  };

  // The clock must outlive the host. Takes the lock for the calling thread.
  Host(const Clock& clock, const Options& options);
  // Ends everything; modules stay loaded in the process only while threads of theirs may run.
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  const abi::ApiTable& api;
  const abi::CallMode mode;
  GlobalLock& lock;
  HandlePools handles;
  engine::Server server;
  CallTrace trace;
  ModuleTimers timers;
  EventLoop event_loop;
  ModuleFork fork;
  BlockedClients blocked_clients;
  Authentication authentication;
  KeyspaceSubscriptions keyspace_events;
  ServerEventSubscriptions server_events;
  ClusterMessages cluster_messages;
  SharedApis shared_apis;
  Defrag defrag;
  ConfigQueue config_queue;

  // ---- Modules (loader.h loads them).
  const std::vector<std::unique_ptr<Module>>& modules() const { return modules_; }
  Module* FindModule(std::string_view name) const;

  // ---- Contexts. NewContext makes one for a callback of `module`; EndContext does what the end of
  // a callback does: automatic memory, keys left open, the client if it was made for it.
  RedisModuleCtx* NewContext(Module* module, ContextKind kind, engine::Client* client);
  void EndContext(RedisModuleCtx* ctx);
  // The same with an internal client of its own, whose replies go nowhere.
  RedisModuleCtx* NewContextWithClient(Module* module, ContextKind kind, int db = 0);

  // GetThreadSafeContext and GetDetachedThreadSafeContext. With a handle: bound to it. Any thread.
  RedisModuleCtx* NewThreadSafeContext(Module* module, RedisModuleBlockedClient* handle);

  // ---- Strings. `ctx` may be null: then nothing tracks the string.
  RedisModuleString* NewString(RedisModuleCtx* ctx, std::string bytes);
  // Drops a reference; what FreeString does, without automatic memory.
  void ReleaseString(RedisModuleString* string);

  // ---- Keys, replies, dictionaries: ends a handle with what belongs to it.
  // Ends the handle as CloseKey does: watchers of a key opened for writing hear of it.
  void CloseKey(RedisModuleKey* key);
  void FreeReply(RedisModuleCallReply* reply);
  void FreeDict(RedisModuleDict* dict);
  // A tracked handle of any kind, at the end of its context.
  void FreeTracked(const RedisModuleCtx::Tracked& tracked);

  // ---- What modules register. The texts of command flags and the like are the module's.
  // What CreateCommand does; false when a flag is unknown or the name is taken.
  bool AddCommand(Module& module, const NewCommand& command);
  // What CreateSubcommand does.
  bool AddSubcommand(RedisModuleCommand& parent, const NewCommand& command);
  // What AddACLCategory does; the value for errno when it fails.
  int AddAclCategory(Module& module, std::string_view name);
  // What CreateDataType does; null when the name, the version or the methods are refused.
  RedisModuleType* AddType(Module& module, std::string_view name, int encoding_version,
                           const RedisModuleTypeMethods* methods);
  // What CreateKeyMetaClass does: the id, or one of its negative answers.
  int AddKeyMetaClass(Module& module, std::string_view name, int version,
                      const RedisModuleKeyMetaClassConfig* config);
  RedisModuleCommandFilter* AddFilter(Module& module, RedisModuleCommandFilterFunc callback,
                                      int flags);
  void RemoveFilter(RedisModuleCommandFilter* filter);

  // ---- Propagation. Adds to the current unit, unless a Call without '!' encloses it.
  void Propagate(int db, engine::Args args, engine::PropagateTo to = engine::PropagateTo::kAll);
  // The same, behind all that the commands of Call propagate in this unit, as servers until 6.2 do.
  void PropagateBehind(int db, engine::Args args, engine::PropagateTo to);
  // Around the command that Call runs: what is propagated below goes to `to` at most.
  class PropagationLimit {
   public:
    PropagationLimit(Host& host, engine::PropagateTo to);
    ~PropagationLimit() { host_.propagate_to_ = previous_; }
    PropagationLimit(const PropagationLimit&) = delete;
    PropagationLimit& operator=(const PropagationLimit&) = delete;
    engine::PropagateTo to() const { return host_.propagate_to_; }

   private:
    Host& host_;
    engine::PropagateTo previous_;
  };

  // ---- Log and findings. Any thread.
  void Log(Module* module, engine::ServerLog::Level level, std::string_view text);
  // One defect gives one finding: an equal one (contract, module, function) is not repeated.
  void Report(std::string_view contract, std::string message,
              validate::Severity severity = validate::Severity::kError);
  std::vector<validate::Finding> TakeFindings();

  // ---- Clients of the host's own: timers, events, thread-safe contexts and Call run with one.
  engine::Client& TakeClient(int db);
  void GiveBackClient(engine::Client& client);

  // ---- Threads of modules. What ThreadSafeContextLock and Unlock do: what such a thread
  // propagates goes out when it unlocks, and clients that became ready are served.
  void LockForThread();
  bool TryLockForThread();
  void UnlockForThread();

  // How often a command of a module did not give exactly one well-formed reply. Whoever cuts
  // replies out of a client's output wants to know.
  int64_t odd_reply_count = 0;

  // What GetInternalSecret lends.
  std::string internal_secret;

  // ---- The loop of whoever drives the host.
  // Serves what threads unblocked and the descriptors that are ready, then the keys that became
  // ready.
  void ServeThreads();
  // Lets threads of modules run, in real time, until a client is unblocked by one, or the limit.
  // False when the limit passed.
  bool WaitForThreads(int64_t limit_ms);
  // The clock has been moved on by `ms`: what goes on outside of it gets some real time.
  void PassTime(int64_t ms);

  // What Yield does for clients: they may run what is allowed while a command is busy, and are told
  // `words` otherwise.
  void LetClientsIn(Module& module, std::string_view words);
  // The commands of this module may yield from now on.
  void ExpectYields(Module& module);

  // ---- For the loader. Takes everything back that a module registered, and forgets the module.
  Module& AddModule(std::unique_ptr<Module> module);
  void RemoveModule(Module& module);
  // Hears of a module that has just been forgotten, when set: of the memory that it left behind.
  std::function<void(const Module&)> on_unloaded;

 private:
  void FreeAllValues();
  void DeauthenticateClientsOf(const Module& module);
  void ForgetUser(const engine::AclUser& gone);

  std::vector<std::unique_ptr<Module>> modules_;
  std::vector<engine::Client*> idle_clients_;
  engine::PropagateTo propagate_to_ = engine::PropagateTo::kAll;
  std::mutex report_mutex_;  // findings and log come from any thread
  std::vector<validate::Finding> findings_;
};

}  // namespace modcert::module
