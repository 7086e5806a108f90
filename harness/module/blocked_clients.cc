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

void RunFreePrivateData(RedisModuleBlockedClient& handle) {
  if (!handle.private_data || !handle.request.free_private_data) return;
  Host& host = handle.host;
  const engine::ExecutionUnit unit(host.server.propagation);
  const ModuleScope scope(host, &handle.module);
  RedisModuleCtx* ctx = host.NewContext(&handle.module, ContextKind::kFreePrivateData,
                                        host.server.FindClient(handle.client_id));
  ctx->private_data = handle.private_data;
  handle.request.free_private_data(ctx, handle.private_data);
  host.EndContext(ctx);
}

// Why this client cannot block right now, in the server's words; empty when it can.
std::string_view BlockingRefusal(const RedisModuleCtx& ctx) {
  if (!ctx.client) return "ERR Blocking module command called without a client";
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
  const int64_t timeout_ms = request.timeout_ms;
  const std::vector<std::string> keys = request.keys;
  RedisModuleBlockedClient* handle =
      host_.handles.blocked_clients.New(ctx->module, host_, *ctx->module, std::move(request));
  handle->private_data = handle->request.private_data;
  handle->db = ctx->db();
  if (const std::string_view refusal = BlockingRefusal(*ctx); !refusal.empty()) {
    if (ctx->reply) ctx->reply->Error(refusal);
    return handle;
  }
  Client& client = *ctx->client;
  // A client of Call has nobody to come back to: the handle is a dummy.
  if (client.origin() == Client::Origin::kInternal && client.deny_blocking) return handle;
  handle->client_id = client.id();
  handle->protocol = client.protocol;
  handle->reply = ReplyWriter(handle->reply_bytes, client.protocol);
  for (RedisModuleString* arg : ctx->argv) handle->argv.push_back(arg->bytes);
  engine::BlockedState state;
  state.db = client.db;
  state.keys = keys;
  state.deadline_ms = timeout_ms > 0 ? host_.server.clock.now_ms() + timeout_ms : 0;
  state.serve = [this, handle](const std::string& key) { return ServeKey(*handle, key); };
  state.on_timeout = [this, handle] { return TimedOut(*handle); };
  state.on_disconnect = [this, handle] { Disconnected(*handle); };
  host_.server.blocking.Block(client, std::move(state));
  return handle;
}

bool BlockedClients::Unblock(RedisModuleBlockedClient* handle, void* private_data) {
  if (handle->request.on_keys) {
    if (!handle->request.timeout_callback) return false;
    if (Client* client = host_.server.FindClient(handle->client_id); client && client->blocked) {
      host_.server.blocking.TimeOut(*client);
      host_.server.NoteUnblocked(*client);
    }
    return true;
  }
  handle->private_data = private_data;
  return Enqueue(handle);
}

bool BlockedClients::Abort(RedisModuleBlockedClient* handle) {
  handle->request.reply_callback = nullptr;
  handle->aborted = true;
  handle->disconnect_callback = nullptr;
  return Unblock(handle, nullptr);
}

bool BlockedClients::Enqueue(RedisModuleBlockedClient* handle) {
  {
    const std::lock_guard guard(mutex_);
    handle->unblocked = true;
    queue_.push_back(handle);
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
  Client* client = host_.server.FindClient(handle.client_id);
  if (client && handle.request.reply_callback && !handle.request.on_keys)
    RunCallback(handle, ContextKind::kBlockedReply, handle.request.reply_callback, nullptr);
  RunFreePrivateData(handle);
  client = host_.server.FindClient(handle.client_id);
  if (client) {
    CountMeasured(host_.server, *client, handle);
    if (!handle.aborted) client->output += handle.reply_bytes;
    host_.server.blocking.Unblock(*client);
    host_.server.NoteUnblocked(*client);
  }
  FreeHandle(handle);
}

bool BlockedClients::ServeKey(RedisModuleBlockedClient& handle, const std::string& key) {
  if (!handle.request.on_keys || handle.unblocked) return false;
  // blocked-client.woken-by: a key that came into being, of a type that clients can wait for; or a
  // signal.
  const engine::Entry* entry = host_.server.keyspace.Peek(handle.db, key);
  const bool native = entry && (std::holds_alternative<engine::List>(entry->value) ||
                                std::holds_alternative<engine::ZSet>(entry->value) ||
                                std::holds_alternative<engine::Stream>(entry->value) ||
                                std::holds_alternative<engine::Opaque>(entry->value));
  if (!native && !signaled_keys_.contains({handle.db, key})) return false;
  const int result =
      RunCallback(handle, ContextKind::kBlockedReply, handle.request.reply_callback, &key);
  if (result != REDISMODULE_OK) return false;
  handle.unblocked = true;
  RunFreePrivateData(handle);
  FreeHandle(handle);
  return true;
}

Reply BlockedClients::TimedOut(RedisModuleBlockedClient& handle) {
  handle.disconnect_callback = nullptr;
  // One that was given back meanwhile is served, not timed out.
  if (handle.unblocked && !handle.request.on_keys) return Reply::Written();
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
    ctx->private_data = handle.private_data;
    callback(ctx, &handle);
    host_.EndContext(ctx);
  }
  EndWait(handle);
}

// The client waits no longer. A handle of keys goes with that; the others when the module gives
// them back.
void BlockedClients::EndWait(RedisModuleBlockedClient& handle) {
  handle.client_id = 0;
  if (!handle.request.on_keys) return;
  handle.unblocked = true;
  RunFreePrivateData(handle);
  FreeHandle(handle);
}

void BlockedClients::FreeHandle(RedisModuleBlockedClient& handle) {
  host_.handles.blocked_clients.End(&handle);
}

}  // namespace modcert::module
