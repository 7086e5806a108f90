#include <algorithm>
#include <chrono>

#include "fmt/format.h"
#include "module/blocked_client.h"
#include "module/host.h"

namespace modcert::module {
namespace {

using engine::Client;
using engine::Reply;

// Runs a callback of a blocked client, with the arguments of the command that blocked. Replies go
// to the client, or nowhere when it is gone. Returns what the callback returned.
int RunCallback(RedisModuleBlockedClient& handle, ContextKind kind, RedisModuleCmdFunc callback,
                const std::string* ready_key) {
  Host& host = handle.host;
  Client* client = host.server.FindClient(handle.client_id);
  const engine::ExecutionUnit unit(host.server.propagation);
  const ModuleScope scope(host, &handle.module);
  RedisModuleCtx* ctx = host.NewContext(&handle.module, kind, client);
  std::string nowhere;
  ReplyWriter reply(client ? client->output : nowhere, handle.protocol);
  ctx->reply = &reply;
  ctx->blocked_client = &handle;
  ctx->private_data = handle.private_data;
  if (ready_key) ctx->ready_key = host.NewString(nullptr, *ready_key);
  RedisModuleString* key = ctx->ready_key;
  std::vector<RedisModuleString*> argv;
  for (const std::string& arg : handle.argv)
    argv.push_back(host.handles.strings.New(&handle.module, arg));
  ctx->argv = argv;
  const int result = callback(ctx, argv.data(), static_cast<int>(argv.size()));
  host.EndContext(ctx);
  for (RedisModuleString* arg : argv) host.ReleaseString(arg);
  if (key) host.ReleaseString(key);
  return result;
}

// block.free-signature: modules of 4.0 know a function without a context.
void CallFree(const abi::Profile& profile, FreePrivateData free_data, RedisModuleCtx* ctx,
              void* data) {
  if (abi::AtLeast(profile, {5, 0, 0})) return free_data(ctx, data);
  const auto bare =
      reinterpret_cast<void (*)()>(free_data);  // the type that stands for any function
  reinterpret_cast<void (*)(void*)>(bare)(data);
}

void RunFreePrivateData(RedisModuleBlockedClient& handle) {
  if (!handle.private_data || !handle.request.free_private_data) return;
  Host& host = handle.host;
  const engine::ExecutionUnit unit(host.server.propagation);
  const ModuleScope scope(host, &handle.module);
  RedisModuleCtx* ctx = host.NewContext(&handle.module, ContextKind::kFreePrivateData,
                                        host.server.FindClient(handle.client_id));
  ctx->private_data = handle.private_data;
  CallFree(host.api.profile(), handle.request.free_private_data, ctx, handle.private_data);
  host.EndContext(ctx);
}

// Newer servers look at what else the client waits for, and at the sum of the timeout.
bool ChecksBlockedState(const abi::Profile& profile) { return abi::AtLeast(profile, {7, 2, 0}); }

// The timeout of a client that is blocked on keys and given back comes in the main loop, and not
// within the call.
bool TimesOutLater(const abi::Profile& profile) { return abi::AtLeast(profile, {7, 4, 0}); }

// Before 7.0 the disconnect callback finds no private data.
bool KnowsDataOfGoneClient(const abi::Profile& profile) { return abi::AtLeast(profile, {7, 0, 0}); }

// Why this client cannot block right now, in the server's words; empty when it can.
std::string_view BlockingRefusal(const RedisModuleCtx& ctx, const BlockRequest& request) {
  if (!ctx.client) return "ERR Blocking module command called without a client";
  // Who waits to be let in has asked for it in the right place.
  const bool checks_state = ChecksBlockedState(ctx.host.api.profile()) && !request.auth_callback;
  if (checks_state && ctx.kind == ContextKind::kBlockedReply)
    return "ERR Blocking module command called from a reply callback";
  if (checks_state && ctx.kind == ContextKind::kAuthentication)
    return "ERR Blocking module command called while a module authenticates the client";
  if (ctx.client->runs_script) return "ERR Blocking module command called from Lua script";
  if (ctx.client->origin() == Client::Origin::kUser && ctx.client->deny_blocking)
    return "ERR Blocking module command called from transaction";
  return {};
}

// What a thread did for the command is part of the command.
void CountMeasured(engine::Server& server, Client& client, const RedisModuleBlockedClient& handle) {
  engine::Stats::CommandStat& stat = server.stats.commands[client.last_command];
  stat.usec += handle.background_us;
  if (handle.background_us > 0) ++stat.durations_us[handle.background_us];
  for (const std::string& error : handle.errors) server.CountErrorReply(client, error);
  if (!handle.errors.empty()) ++stat.failed_calls;
}

}  // namespace

RedisModuleBlockedClient* BlockedClients::Block(RedisModuleCtx* ctx, BlockRequest request) {
  const int64_t now_ms = host_.server.clock.now_ms();
  int64_t timeout_ms = request.timeout_ms;
  const std::vector<std::string> keys = request.keys;
  RedisModuleBlockedClient* handle =
      host_.handles.blocked_clients.New(ctx->module, host_, *ctx->module, std::move(request));
  handle->private_data = handle->request.private_data;
  handle->db = ctx->db();
  if (const std::string_view refusal = BlockingRefusal(*ctx, handle->request); !refusal.empty()) {
    if (ctx->reply) ctx->reply->Error(refusal);
    return handle;
  }
  Client& client = *ctx->client;
  // A client of Call has nobody to come back to: the handle is a dummy.
  if (client.origin() == Client::Origin::kInternal && client.deny_blocking) return handle;
  handle->client_id = client.id();
  int64_t deadline_ms = 0;
  // block.timeout-range: no client waits beyond the end of time (7.2).
  if (timeout_ms != 0 && __builtin_add_overflow(now_ms, timeout_ms, &deadline_ms)) {
    if (ChecksBlockedState(host_.api.profile())) {
      if (ctx->reply) ctx->reply->Error("ERR timeout is out of range");
      return handle;
    }
  }
  handle->protocol = client.protocol;
  handle->reply = ReplyWriter(handle->reply_bytes, client.protocol);
  for (RedisModuleString* arg : ctx->argv) handle->argv.push_back(arg->bytes);
  engine::BlockedState state;
  state.db = client.db;
  state.keys = keys;
  state.deadline_ms = deadline_ms;  // block.negative-timeout: it has passed already
  state.serve = [this, handle](const std::string& key) { return ServeKey(*handle, key); };
  state.on_timeout = [this, handle] { return TimedOut(*handle); };
  state.on_disconnect = [this, handle] { Disconnected(*handle); };
  // block.no-timeout-callback: CLIENT UNBLOCK leaves it alone.
  state.may_be_unblocked = handle->request.timeout_callback != nullptr;
  if (handle->request.wakes_on_delete) host_.server_events.AwaitGoneKeys();
  host_.server.blocking.Block(client, std::move(state));
  return handle;
}

bool BlockedClients::Unblock(RedisModuleBlockedClient* handle, void* private_data) {
  if (handle->request.on_keys) return UnblockFromKeys(*handle);
  handle->private_data = private_data;
  return Enqueue(handle);
}

// block.unblock-keys-time-out: a client that waits for keys is treated as if its time were up.
bool BlockedClients::UnblockFromKeys(RedisModuleBlockedClient& handle) {
  if (!handle.request.timeout_callback) return false;
  if (handle.unblocked) return true;  // block.unblock-keys-repeated
  if (TimesOutLater(host_.api.profile())) return Enqueue(&handle);
  TimeOut(handle);
  return true;
}

bool BlockedClients::IsWaiting(const RedisModuleBlockedClient& handle) const {
  const Client* client = host_.server.FindClient(handle.client_id);
  return client && client->blocked;
}

void BlockedClients::TimeOut(RedisModuleBlockedClient& handle) {
  if (!IsWaiting(handle)) return;
  Client* client = host_.server.FindClient(handle.client_id);
  host_.server.blocking.TimeOut(*client);
  host_.server.NoteUnblocked(*client);
}

bool BlockedClients::Abort(RedisModuleBlockedClient* handle) {
  handle->request.reply_callback = nullptr;
  if (handle->request.auth_callback) handle->request.auth_callback = nullptr;
  handle->disconnect_callback = nullptr;
  return Unblock(handle, nullptr);
}

bool BlockedClients::Enqueue(RedisModuleBlockedClient* handle) {
  {
    const std::lock_guard guard(mutex_);
    handle->unblocked = true;
    if (!std::exchange(handle->queued, true)) queue_.push_back(handle);
    has_unblocked_.store(true, std::memory_order_release);
  }
  unblocked_.notify_all();
  return true;
}

void BlockedClients::ServeUnblocked() {
  for (;;) {
    std::vector<RedisModuleBlockedClient*> queue;
    {
      const std::lock_guard guard(mutex_);
      queue = std::exchange(queue_, {});
      has_unblocked_.store(false, std::memory_order_release);
    }
    if (queue.empty()) break;
    for (RedisModuleBlockedClient* handle : queue) Serve(*handle);
  }
  signaled_keys_.clear();
}

bool BlockedClients::WaitForUnblock(int64_t limit_ms) {
  const WithoutLock pause(host_.lock);
  std::unique_lock guard(mutex_);
  return unblocked_.wait_for(guard, std::chrono::milliseconds(limit_ms),
                             [&] { return !queue_.empty(); });
}

int64_t BlockedClients::OutstandingCount(const Module* module) const {
  int64_t count = 0;
  host_.handles.blocked_clients.ForEachLive([&](const HandleHeader&, RedisModuleBlockedClient& h) {
    if (&h.module == module) ++count;
  });
  return count;
}

void BlockedClients::SignalKeyAsReady(int db, const std::string& key) {
  signaled_keys_.emplace(db, key);
  host_.server.blocking.KeyReady(db, key);
}

void BlockedClients::Serve(RedisModuleBlockedClient& handle) {
  handle.queued = false;
  // One that still waits for keys was given back: its time is up, and it comes here once more.
  if (handle.request.on_keys && IsWaiting(handle)) return TimeOut(handle);
  if (handle.request.auth_callback && host_.authentication.Resume(handle)) return;
  Client* client = host_.server.FindClient(handle.client_id);
  if (client && handle.request.reply_callback && !handle.request.on_keys)
    RunCallback(handle, ContextKind::kBlockedReply, handle.request.reply_callback, nullptr);
  RunFreePrivateData(handle);
  client = host_.server.FindClient(handle.client_id);
  if (client) {
    CountMeasured(host_.server, *client, handle);
    // block.abort-gathered-replies: also of one that is aborted.
    client->output += handle.reply_bytes;
    host_.server.blocking.Unblock(*client);
    host_.server.NoteUnblocked(*client);
  }
  FreeHandle(handle);
}

void BlockedClients::End(RedisModuleBlockedClient& handle) {
  RunFreePrivateData(handle);
  FreeHandle(handle);
}

bool BlockedClients::ServeKey(RedisModuleBlockedClient& handle, const std::string& key) {
  if (!handle.request.on_keys || handle.unblocked) return false;
  const engine::Entry* entry = host_.server.keyspace.Peek(handle.db, key);
  // block.signal-key-exists: one that is not there wakes only those who wait for it to go.
  if (!entry && !handle.request.wakes_on_delete) return false;
  // block.keys-served: a key that came into being, of a type that clients can wait for; or a
  // signal.
  const bool native = entry && (std::holds_alternative<engine::List>(entry->value) ||
                                std::holds_alternative<engine::ZSet>(entry->value) ||
                                std::holds_alternative<engine::Stream>(entry->value) ||
                                std::holds_alternative<engine::Opaque>(entry->value));
  if (entry && !native && !signaled_keys_.contains({handle.db, key})) return false;
  const int result =
      RunCallback(handle, ContextKind::kBlockedReply, handle.request.reply_callback, &key);
  if (result != REDISMODULE_OK) return false;
  handle.unblocked = true;
  End(handle);
  return true;
}

Reply BlockedClients::TimedOut(RedisModuleBlockedClient& handle) {
  handle.disconnect_callback = nullptr;
  // One that was given back meanwhile is served, not timed out.
  if (handle.unblocked && !handle.request.on_keys) return Reply::Written();
  handle.unblocked = handle.request.on_keys;
  if (handle.request.timeout_callback)
    RunCallback(handle, ContextKind::kBlockedTimeout, handle.request.timeout_callback, nullptr);
  EndWait(handle);
  return Reply::Written();
}

void BlockedClients::Disconnected(RedisModuleBlockedClient& handle) {
  if (const auto callback = std::exchange(handle.disconnect_callback, nullptr)) {
    const engine::ExecutionUnit unit(host_.server.propagation);
    const ModuleScope scope(host_, &handle.module);
    RedisModuleCtx* ctx = host_.NewContext(&handle.module, ContextKind::kBlockedDisconnect,
                                           host_.server.FindClient(handle.client_id));
    if (KnowsDataOfGoneClient(host_.api.profile())) ctx->private_data = handle.private_data;
    callback(ctx, &handle);
    host_.EndContext(ctx);
  }
  EndWait(handle);
}

// The client waits no longer. A handle of keys goes when the main thread comes by; the others when
// the module gives them back.
void BlockedClients::EndWait(RedisModuleBlockedClient& handle) {
  host_.authentication.Abandon(handle.client_id);
  handle.client_id = 0;
  if (handle.request.on_keys) Enqueue(&handle);
}

void BlockedClients::FreeHandle(RedisModuleBlockedClient& handle) {
  host_.handles.blocked_clients.End(&handle);
}

}  // namespace modcert::module
