// RedisModuleBlockedClient, and the queue by which threads hand clients back to the main thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/client.h"
#include "module/reply_writer.h"
#include "redismodule_types.h"

namespace modcert::module {
class BlockedClients;
class Host;
class Module;

using FreePrivateData = void (*)(RedisModuleCtx* ctx, void* private_data);

// What BlockClient and BlockClientOnKeys are called with.
struct BlockRequest {
  RedisModuleCmdFunc reply_callback = nullptr;
  RedisModuleCmdFunc timeout_callback = nullptr;
  FreePrivateData free_private_data = nullptr;
  int64_t timeout_ms = 0;  // 0: none
  bool on_keys = false;
  std::vector<std::string> keys;
  void* private_data = nullptr;
  bool wakes_on_delete = false;  // a key that goes counts as ready
  // Set, also to null by AbortBlock: the client waits inside of AUTH or HELLO.
  std::optional<RedisModuleAuthCallback> auth_callback = {};
};
}  // namespace modcert::module

// Lives until the main thread has served its UnblockClient; one blocked on keys until it is served,
// or the main thread has come by after it timed out or its client went.
struct RedisModuleBlockedClient {
  modcert::module::Host& host;
  modcert::module::Module& module;
  modcert::module::BlockRequest request;
  uint64_t client_id = 0;  // 0: a dummy, or the client is no longer blocked by this handle
  int db = 0;
  modcert::engine::Args argv = {};
  void* private_data = nullptr;
  RedisModuleDisconnectFunc disconnect_callback = nullptr;
  bool queued = false;     // on its way to the main thread
  bool unblocked = false;  // UnblockClient or AbortBlock was called; second call: a finding
  // BlockedClientMeasureTimeStart was called then; the time that was measured goes into the
  // statistics of the command.
  std::optional<int64_t> measured_from_us = {};
  int64_t background_us = 0;
  // Errors among the gathered replies, to be counted when the client gets them.
  std::vector<std::string> errors = {};
  // Replies of the thread-safe contexts bound to this handle.
  std::string reply_bytes = {};
  modcert::resp::Protocol protocol = modcert::resp::Protocol::kResp2;
  modcert::module::ReplyWriter reply{reply_bytes, protocol};
};

namespace modcert::module {

// Owned by Host. Every function but Unblock and Abort needs the lock.
class BlockedClients {
 public:
  explicit BlockedClients(Host& host) : host_(host) {}

  // Blocks the context's client. Where it cannot block (MULTI, no such client) the error has been
  // sent and the handle is a dummy.
  RedisModuleBlockedClient* Block(RedisModuleCtx* ctx, BlockRequest request);
  // From any thread, without the lock. False: blocked on keys without a timeout callback.
  bool Unblock(RedisModuleBlockedClient* handle, void* private_data);
  bool Abort(RedisModuleBlockedClient* handle);

  // Serves what threads unblocked so far: reply callbacks, gathered replies, private data.
  void ServeUnblocked();
  bool HasUnblocked() const { return has_unblocked_.load(std::memory_order_acquire); }
  // Waits in real time, without the lock, until a thread unblocks something; false when
  // `limit_ms` passed.
  bool WaitForUnblock(int64_t limit_ms);
  // What SignalKeyAsReady does: wakes the clients that a module blocked on this key.
  void SignalKeyAsReady(int db, const std::string& key);
  // What the end of a handle does: the private data are freed. Any client that it names is no
  // longer blocked.
  void End(RedisModuleBlockedClient& handle);
  // Handles that were not given back.
  int64_t OutstandingCount(const Module* module) const;

 private:
  void Serve(RedisModuleBlockedClient& handle);
  bool Enqueue(RedisModuleBlockedClient* handle);
  bool UnblockFromKeys(RedisModuleBlockedClient& handle);
  bool IsWaiting(const RedisModuleBlockedClient& handle) const;
  void TimeOut(RedisModuleBlockedClient& handle);
  bool ServeKey(RedisModuleBlockedClient& handle, const std::string& key);
  engine::Reply TimedOut(RedisModuleBlockedClient& handle);
  void Disconnected(RedisModuleBlockedClient& handle);
  void EndWait(RedisModuleBlockedClient& handle);
  void FreeHandle(RedisModuleBlockedClient& handle);

  Host& host_;
  mutable std::mutex mutex_;
  std::condition_variable unblocked_;
  std::vector<RedisModuleBlockedClient*> queue_;
  std::atomic<bool> has_unblocked_{false};
  std::set<std::pair<int, std::string>> signaled_keys_;  // until the next ServeUnblocked
};

}  // namespace modcert::module
