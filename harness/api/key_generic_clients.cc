// DB and Key APIs -- Generic API: clients by their id, and messages to those that listen.

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "abi/constants.h"
#include "api/rows.h"
#include "engine/acl_user.h"
#include "engine/client_info.h"
#include "engine/cluster.h"
#include "engine/commands/client_name.h"
#include "module/host.h"

namespace modcert::api {
namespace {

using engine::Client;

// Modules know connections only, not the clients that the host has for itself.
Client* Connection(module::Host& host, uint64_t id) {
  Client* client = host.server.FindClient(id);
  return client && client->origin() == Client::Origin::kUser ? client : nullptr;
}

// unsigned long long RedisModule_GetClientId(RedisModuleCtx *ctx)
unsigned long long GetClientId(RedisModuleCtx* ctx) noexcept {
  if (ctx->blocked_client) return ctx->blocked_client->client_id;
  if (!ctx->client) return 0;
  return ctx->client->loads_aof ? UINT64_MAX : ctx->client->id();  // client.id-of-aof
}

// RedisModuleString *RedisModule_GetClientUserNameById(RedisModuleCtx *ctx, uint64_t id)
RedisModuleString* GetClientUserNameById(RedisModuleCtx* ctx, uint64_t id) noexcept {
  const Client* client = Connection(ctx->host, id);
  if (!client || !client->user) {
    errno = client ? ENOTSUP : ENOENT;
    return nullptr;
  }
  return ctx->host.NewString(ctx, client->user->name);
}

uint64_t InfoFlags(const Client& client, const abi::Profile& profile) {
  // As of a connection over a unix socket, which has no port either.
  uint64_t flags = REDISMODULE_CLIENTINFO_FLAG_UNIXSOCKET;
  if (client.SubscriptionCount() > 0) flags |= REDISMODULE_CLIENTINFO_FLAG_PUBSUB;
  if (client.blocked) flags |= REDISMODULE_CLIENTINFO_FLAG_BLOCKED;
  if (client.tracking.on) flags |= REDISMODULE_CLIENTINFO_FLAG_TRACKING;
  if (client.transaction.open || client.exec_size >= 0) flags |= REDISMODULE_CLIENTINFO_FLAG_MULTI;
  const auto add_if = [&](bool so, const abi::Constant& flag) {
    if (so) flags |= static_cast<uint64_t>(abi::FlagIn(flag, profile));
  };
  add_if(client.reads_from_replica, abi::constant::kClientinfoFlagReadonly);
  add_if(client.is_primary_link, abi::constant::kClientinfoFlagPrimary);
  add_if(client.is_monitor, abi::constant::kClientinfoFlagMonitor);
  add_if(client.authenticated, abi::constant::kClientinfoFlagAuthenticated);
  add_if(client.authenticated, abi::constant::kClientinfoFlagEverAuthenticated);
  return flags;
}

// int RedisModule_GetClientInfoById(void *ci, uint64_t id)
int GetClientInfoById(void* target, uint64_t id) noexcept {
  module::Host& host = *module::CurrentHost();
  const Client* client = Connection(host, id);
  if (!client) return REDISMODULE_ERR;
  if (!target) return REDISMODULE_OK;  // client.info-null-asks-only
  auto& info = *static_cast<RedisModuleClientInfoV1*>(target);
  if (info.version != REDISMODULE_CLIENTINFO_VERSION) return REDISMODULE_ERR;
  info = {.version = info.version,
          .flags = InfoFlags(*client, host.api.profile()),
          .id = client->id(),
          .addr = {},
          .port = 0,  // there are no sockets
          .db = static_cast<uint16_t>(client->db)};
  const std::string_view address = engine::kClientAddress;
  std::memcpy(info.addr, address.data(), address.find(':'));
  return REDISMODULE_OK;
}

// RedisModuleString *RedisModule_GetClientNameById(RedisModuleCtx *ctx, uint64_t id)
RedisModuleString* GetClientNameById(RedisModuleCtx* ctx, uint64_t id) noexcept {
  const Client* client = Connection(ctx->host, id);
  if (!client || client->name.empty()) return nullptr;
  return ctx->host.NewString(ctx, client->name);
}

// int RedisModule_SetClientNameById(uint64_t id, RedisModuleString *name)
int SetClientNameById(uint64_t id, RedisModuleString* name) noexcept {
  Client* client = Connection(*module::CurrentHost(), id);
  if (!client) {
    errno = ENOENT;
    return REDISMODULE_ERR;
  }
  if (engine::SetClientName(*client, name->bytes)) {
    errno = EINVAL;
    return REDISMODULE_ERR;
  }
  return REDISMODULE_OK;
}

// int RedisModule_PublishMessage(RedisModuleCtx *ctx, RedisModuleString *channel,
//                                RedisModuleString *message)
int PublishMessage(RedisModuleCtx* ctx, RedisModuleString* channel,
                   RedisModuleString* message) noexcept {
  engine::Server& server = ctx->host.server;
  // pubsub.publish-is-not-replicated: only the nodes of a cluster get it.
  if (server.cluster)
    server.cluster->Broadcast(channel->bytes, message->bytes, engine::Cluster::Audience::kAll);
  return static_cast<int>(server.pubsub.Publish(channel->bytes, message->bytes));
}

// int RedisModule_PublishMessageShard(RedisModuleCtx *ctx, RedisModuleString *channel,
//                                     RedisModuleString *message)
int PublishMessageShard(RedisModuleCtx* ctx, RedisModuleString* channel,
                        RedisModuleString* message) noexcept {
  engine::Server& server = ctx->host.server;
  if (server.cluster)
    server.cluster->Broadcast(channel->bytes, message->bytes, engine::Cluster::Audience::kShard);
  return static_cast<int>(server.pubsub.PublishShard(channel->bytes, message->bytes));
}

// int RedisModule_AvoidReplicaTraffic(void)
int AvoidReplicaTraffic() noexcept {
  return module::CurrentHost()->server.is_paused();  // client.avoid-replica-traffic
}

// int RedisModule_MustObeyClient(RedisModuleCtx *ctx)
int MustObeyClient(RedisModuleCtx* ctx) noexcept {
  return ctx->client && (ctx->client->is_primary_link || ctx->client->loads_aof);
}

const abi::ApiRow kRows[] = {
    API_ROW(GetClientId),         API_ROW(GetClientUserNameById), API_ROW(GetClientInfoById),
    API_ROW(GetClientNameById),   API_ROW(SetClientNameById),     API_ROW(PublishMessage),
    API_ROW(PublishMessageShard), API_ROW(AvoidReplicaTraffic),   API_ROW(MustObeyClient),
};

}  // namespace

std::span<const abi::ApiRow> KeyGenericClientsRows() { return kRows; }

}  // namespace modcert::api
