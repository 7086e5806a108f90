// RedisModuleCtx: what a module's callback is given to reach the host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "abi/handle_kinds.h"
#include "engine/client.h"
#include "engine/command_call.h"
#include "module/reply_writer.h"
#include "redismodule_types.h"

namespace modcert::module {

class Host;
class Module;

// Why a context exists.
enum class ContextKind : uint8_t {
  kCommand,       // a command function runs
  kKeyPositions,  // the same function, asked for the positions of its keys
  kChannelPositions,
  kOnLoad,
  kOnUnload,
  kTimer,
  kKeyspaceEvent,
  kServerEvent,
  kBlockedReply,       // the reply callback of a blocked client
  kBlockedTimeout,     // its timeout callback
  kBlockedDisconnect,  // its disconnect callback
  kFreePrivateData,
  kThreadSafe,  // made by GetThreadSafeContext or GetDetachedThreadSafeContext
  kFromIO,      // made by GetContextFromIO
  kInfo,
  kConfigApply,
  kPromise,           // the handler of a promise (CallReplyPromiseSetUnblockHandler)
  kPostNotification,  // a job of AddPostNotificationJob
  kAuthentication,    // a callback of RegisterAuthCallback
  kClusterMessage,    // a receiver of cluster messages
};

// Memory that goes with its context (PoolAlloc).
class PoolMemory {
 public:
  // Aligned as PoolAlloc documents; zero bytes give null.
  void* Alloc(size_t size);

 private:
  static constexpr size_t kBlockSize = 8 * 1024;
  struct Block {
    std::unique_ptr<std::byte[]> bytes;
    size_t size;
    size_t used;
  };
  std::vector<Block> blocks_;
};

}  // namespace modcert::module

// The first word is the GetApi pointer, which is all of the layout that a module relies on. Owned
// by the host, which makes one per callback (Host::NewContext) and cleans up behind it
// (Host::EndContext).
struct RedisModuleCtx {
  void* get_api;
  modcert::module::Host& host;
  modcert::module::Module* module;  // null: a thread-safe context made without a blocked client
  modcert::module::ContextKind kind;
  // Whose command this is, or an internal client: holds the selected database. Null where the API
  // gives no client (config callbacks).
  modcert::engine::Client* client = nullptr;
  modcert::engine::CommandCall* call = nullptr;  // kCommand only
  // Where replies go; null: nowhere.
  modcert::module::ReplyWriter* reply = nullptr;
  std::vector<RedisModuleString*> argv = {};

  RedisModuleBlockedClient* blocked_client = nullptr;  // kBlocked..., and a bound kThreadSafe
  void* private_data = nullptr;                        // GetBlockedClientPrivateData
  const RedisModuleUser* user = nullptr;               // SetContextUser; not the context's own
  RedisModuleString* ready_key = nullptr;              // GetBlockedClientReadyKey

  struct Position {
    int position;
    int flags;
  };
  // kKeyPositions, kChannelPositions: where KeyAtPos and ChannelAtPosWithFlags report to.
  std::vector<Position>* positions = nullptr;

  bool auto_memory = false;
  struct Tracked {
    modcert::abi::HandleKind kind;
    void* handle;
  };
  std::vector<Tracked> tracked = {};       // auto memory, in order of creation
  std::vector<RedisModuleKey*> keys = {};  // open keys made by this context, tracked or not
  modcert::module::PoolMemory pool = {};

  bool is_owned_client = false;  // `client` is one of the host's own, to be given back
  std::unique_ptr<modcert::engine::Client> own_client = {};  // `client` of a kThreadSafe context
  bool did_replicate = false;

  int db() const { return client ? client->db : 0; }
  // Automatic memory: the handle goes with the context. Does nothing unless it is on.
  void Track(modcert::abi::HandleKind handle_kind, void* handle);
  // The module frees it by hand. False when it was not tracked.
  bool Untrack(const void* handle);
};
