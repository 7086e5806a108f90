// Blocking clients from modules.

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

using module::ContextKind;
using module::FreePrivateData;

int OkIf(bool done) { return done ? REDISMODULE_OK : REDISMODULE_ERR; }

// RedisModuleBlockedClient *RedisModule_BlockClient(
//     RedisModuleCtx *ctx, RedisModuleCmdFunc reply_callback, RedisModuleCmdFunc timeout_callback,
//     void (*free_privdata)(RedisModuleCtx *, void *), long long timeout_ms)
RedisModuleBlockedClient* BlockClient(RedisModuleCtx* ctx, RedisModuleCmdFunc reply_callback,
                                      RedisModuleCmdFunc timeout_callback,
                                      FreePrivateData free_private_data,
                                      long long timeout_ms) noexcept {
  return ctx->host.blocked_clients.Block(ctx, {.reply_callback = reply_callback,
                                               .timeout_callback = timeout_callback,
                                               .free_private_data = free_private_data,
                                               .timeout_ms = timeout_ms,
                                               .keys = {}});
}

module::BlockRequest OnKeys(RedisModuleCmdFunc reply_callback, RedisModuleCmdFunc timeout_callback,
                            FreePrivateData free_private_data, long long timeout_ms,
                            RedisModuleString** keys, int key_count, void* private_data) {
  module::BlockRequest request{.reply_callback = reply_callback,
                               .timeout_callback = timeout_callback,
                               .free_private_data = free_private_data,
                               .timeout_ms = timeout_ms,
                               .on_keys = true,
                               .keys = {},
                               .private_data = private_data};
  for (int i = 0; i < key_count; ++i) request.keys.push_back(keys[i]->bytes);
  return request;
}

// RedisModuleBlockedClient *RedisModule_BlockClientOnKeys(
//     RedisModuleCtx *ctx, RedisModuleCmdFunc reply_callback, RedisModuleCmdFunc timeout_callback,
//     void (*free_privdata)(RedisModuleCtx *, void *), long long timeout_ms,
//     RedisModuleString **keys, int numkeys, void *privdata)
RedisModuleBlockedClient* BlockClientOnKeys(RedisModuleCtx* ctx, RedisModuleCmdFunc reply_callback,
                                            RedisModuleCmdFunc timeout_callback,
                                            FreePrivateData free_private_data, long long timeout_ms,
                                            RedisModuleString** keys, int key_count,
                                            void* private_data) noexcept {
  return ctx->host.blocked_clients.Block(
      ctx, OnKeys(reply_callback, timeout_callback, free_private_data, timeout_ms, keys, key_count,
                  private_data));
}

// RedisModuleBlockedClient *RedisModule_BlockClientOnKeysWithFlags(
//     RedisModuleCtx *ctx, RedisModuleCmdFunc reply_callback, RedisModuleCmdFunc timeout_callback,
//     void (*free_privdata)(RedisModuleCtx *, void *), long long timeout_ms,
//     RedisModuleString **keys, int numkeys, void *privdata, int flags)
RedisModuleBlockedClient* BlockClientOnKeysWithFlags(
    RedisModuleCtx* ctx, RedisModuleCmdFunc reply_callback, RedisModuleCmdFunc timeout_callback,
    FreePrivateData free_private_data, long long timeout_ms, RedisModuleString** keys,
    int key_count, void* private_data, int flags) noexcept {
  module::BlockRequest request = OnKeys(reply_callback, timeout_callback, free_private_data,
                                        timeout_ms, keys, key_count, private_data);
  request.wakes_on_delete = (flags & REDISMODULE_BLOCK_UNBLOCK_DELETED) != 0;
  return ctx->host.blocked_clients.Block(ctx, std::move(request));
}

// void RedisModule_RegisterAuthCallback(RedisModuleCtx *ctx, RedisModuleAuthCallback cb)
void RegisterAuthCallback(RedisModuleCtx* ctx, RedisModuleAuthCallback callback) noexcept {
  ctx->host.authentication.Register(*ctx->module, callback);
}

// RedisModuleBlockedClient *RedisModule_BlockClientOnAuth(
//     RedisModuleCtx *ctx, RedisModuleAuthCallback reply_callback,
//     void (*free_privdata)(RedisModuleCtx *, void *))
RedisModuleBlockedClient* BlockClientOnAuth(RedisModuleCtx* ctx,
                                            RedisModuleAuthCallback reply_callback,
                                            FreePrivateData free_private_data) noexcept {
  // block.auth-in-progress: only while modules are asked about the client.
  if (!ctx->client || !ctx->host.authentication.IsInProgress(ctx->client->id())) {
    if (ctx->reply) ctx->reply->Error("ERR No module authenticates the client right now");
    return nullptr;
  }
  return ctx->host.blocked_clients.Block(
      ctx, {.free_private_data = free_private_data, .keys = {}, .auth_callback = reply_callback});
}

// void *RedisModule_BlockClientGetPrivateData(RedisModuleBlockedClient *blocked_client)
void* BlockClientGetPrivateData(RedisModuleBlockedClient* handle) noexcept {
  return handle->private_data;
}

// void RedisModule_BlockClientSetPrivateData(RedisModuleBlockedClient *blocked_client,
//                                            void *private_data)
void BlockClientSetPrivateData(RedisModuleBlockedClient* handle, void* private_data) noexcept {
  handle->private_data = private_data;  // block.data-replaced: what was there is not freed
}

// void RedisModule_SignalKeyAsReady(RedisModuleCtx *ctx, RedisModuleString *key)
void SignalKeyAsReady(RedisModuleCtx* ctx, RedisModuleString* key) noexcept {
  ctx->host.blocked_clients.SignalKeyAsReady(ctx->db(), key->bytes);
}

// RedisModuleString *RedisModule_GetBlockedClientReadyKey(RedisModuleCtx *ctx)
RedisModuleString* GetBlockedClientReadyKey(RedisModuleCtx* ctx) noexcept { return ctx->ready_key; }

// int RedisModule_UnblockClient(RedisModuleBlockedClient *bc, void *privdata)
int UnblockClient(RedisModuleBlockedClient* handle, void* private_data) noexcept {
  return OkIf(handle->host.blocked_clients.Unblock(handle, private_data));
}

// int RedisModule_AbortBlock(RedisModuleBlockedClient *bc)
int AbortBlock(RedisModuleBlockedClient* handle) noexcept {
  return OkIf(handle->host.blocked_clients.Abort(handle));
}

// void RedisModule_SetDisconnectCallback(RedisModuleBlockedClient *bc,
//                                        RedisModuleDisconnectFunc callback)
void SetDisconnectCallback(RedisModuleBlockedClient* handle,
                           RedisModuleDisconnectFunc callback) noexcept {
  handle->disconnect_callback = callback;
}

// int RedisModule_IsBlockedReplyRequest(RedisModuleCtx *ctx)
int IsBlockedReplyRequest(RedisModuleCtx* ctx) noexcept {
  return ctx->kind == ContextKind::kBlockedReply;
}

// int RedisModule_IsBlockedTimeoutRequest(RedisModuleCtx *ctx)
int IsBlockedTimeoutRequest(RedisModuleCtx* ctx) noexcept {
  return ctx->kind == ContextKind::kBlockedTimeout;
}

// void *RedisModule_GetBlockedClientPrivateData(RedisModuleCtx *ctx)
void* GetBlockedClientPrivateData(RedisModuleCtx* ctx) noexcept { return ctx->private_data; }

// RedisModuleBlockedClient *RedisModule_GetBlockedClientHandle(RedisModuleCtx *ctx)
RedisModuleBlockedClient* GetBlockedClientHandle(RedisModuleCtx* ctx) noexcept {
  return ctx->blocked_client;
}

// int RedisModule_BlockedClientDisconnected(RedisModuleCtx *ctx)
int BlockedClientDisconnected(RedisModuleCtx* ctx) noexcept {
  return ctx->kind == ContextKind::kFreePrivateData && !ctx->client;
}

const abi::ApiRow kRows[] = {
    API_ROW(BlockClient),
    API_ROW(BlockClientOnKeys),
    API_ROW(BlockClientOnKeysWithFlags),
    API_ROW(RegisterAuthCallback),
    API_ROW(BlockClientOnAuth),
    API_ROW(BlockClientGetPrivateData),
    API_ROW(BlockClientSetPrivateData),
    API_ROW(SignalKeyAsReady),
    API_ROW(GetBlockedClientReadyKey),
    API_ROW(UnblockClient),
    API_ROW(AbortBlock),
    API_ROW(SetDisconnectCallback),
    API_ROW(IsBlockedReplyRequest),
    API_ROW(IsBlockedTimeoutRequest),
    API_ROW(GetBlockedClientPrivateData),
    API_ROW(GetBlockedClientHandle),
    API_ROW(BlockedClientDisconnected),
};

}  // namespace

std::span<const abi::ApiRow> BlockingRows() { return kRows; }

}  // namespace modcert::api
