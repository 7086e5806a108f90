// DB and Key APIs -- Generic API: what GetContextFlags tells of the server and of the client.

#include "abi/constants.h"
#include "api/rows.h"
#include "engine/memory_usage.h"
#include "engine/persistence.h"
#include "engine/replication.h"
#include "engine/scripting/scripting.h"
#include "module/host.h"

namespace modcert::api {
namespace {

// What is about the one whose command, or whose callback, it is.
int ClientFlags(const RedisModuleCtx& ctx) {
  const engine::Client& client = *ctx.client;
  int flags = 0;
  if (client.resp3()) flags |= REDISMODULE_CTX_FLAGS_RESP3;
  // The clients of timers and of threads could not block either, but do not say so.
  if (client.deny_blocking && ctx.kind == module::ContextKind::kCommand)
    flags |= REDISMODULE_CTX_FLAGS_DENY_BLOCKING;
  if (client.is_primary_link) flags |= REDISMODULE_CTX_FLAGS_REPLICATED;
  if (client.transaction.dirty) flags |= REDISMODULE_CTX_FLAGS_MULTI_DIRTY;
  return flags;
}

// Whether a script or a transaction runs is asked of the server, so it is known without a context.
int ExecutionFlags(const engine::Server& server) {
  int flags = 0;
  if (server.scripting_if_any() && server.scripting_if_any()->current())
    flags |= REDISMODULE_CTX_FLAGS_LUA;
  if (server.current() && server.current()->exec_size >= 0) flags |= REDISMODULE_CTX_FLAGS_MULTI;
  return flags;
}

int RoleFlags(const engine::Server& server) {
  const engine::Replication& replication = *server.replication;
  if (!replication.is_replica()) return REDISMODULE_CTX_FLAGS_MASTER;
  int flags = REDISMODULE_CTX_FLAGS_SLAVE;
  if (server.config.replica_read_only) flags |= REDISMODULE_CTX_FLAGS_READONLY;
  if (replication.link_is_up()) return flags | REDISMODULE_CTX_FLAGS_REPLICA_IS_ONLINE;
  return flags | REDISMODULE_CTX_FLAGS_REPLICA_IS_STALE |
         (replication.is_transferring() ? REDISMODULE_CTX_FLAGS_REPLICA_IS_TRANSFERRING
                                        : REDISMODULE_CTX_FLAGS_REPLICA_IS_CONNECTING);
}

int PersistenceFlags(const engine::Server& server) {
  const engine::Persistence& persistence = *server.persistence;
  int flags = 0;
  if (persistence.aof.state() != engine::AppendOnlyFile::State::kOff)
    flags |= REDISMODULE_CTX_FLAGS_AOF;
  if (!server.config.Get("save").empty()) flags |= REDISMODULE_CTX_FLAGS_RDB;
  if (server.is_loading) flags |= REDISMODULE_CTX_FLAGS_LOADING;
  if (persistence.has_child()) flags |= REDISMODULE_CTX_FLAGS_ACTIVE_CHILD;
  if (persistence.in_child()) flags |= REDISMODULE_CTX_FLAGS_IS_CHILD;
  return flags;
}

int MemoryFlags(const engine::Server& server) {
  const int64_t max = server.config.maxmemory;
  if (max == 0) return 0;
  const int64_t used = engine::UsedMemory(server.keyspace);
  int flags = REDISMODULE_CTX_FLAGS_MAXMEMORY;
  if (server.config.Get("maxmemory-policy") != "noeviction") flags |= REDISMODULE_CTX_FLAGS_EVICT;
  if (used > max) flags |= REDISMODULE_CTX_FLAGS_OOM;
  if (used > max / 4 * 3) flags |= REDISMODULE_CTX_FLAGS_OOM_WARNING;
  return flags;
}

// context.flags-debug: what may use DEBUG is a connection from the same machine at least.
bool MayDebug(const engine::Server& server) {
  return server.config.Get("enable-debug-command") != "no";
}

// context.flags-by-release: the bits up to the last that the release defines.
int KnownFlags(const abi::Profile& profile) {
  if (const auto next = abi::ValueIn(abi::constant::kCtxFlagsNext, profile))
    return static_cast<int>(*next) - 1;
  const bool is_5 = abi::AtLeast(profile, {5, 0, 0});
  return (is_5 ? REDISMODULE_CTX_FLAGS_ACTIVE_CHILD : REDISMODULE_CTX_FLAGS_EVICT) * 2 - 1;
}

// int RedisModule_GetContextFlags(RedisModuleCtx *ctx)
int GetContextFlags(RedisModuleCtx* ctx) noexcept {
  const module::Host& host = ctx ? ctx->host : *module::CurrentHost();
  const engine::Server& server = host.server;
  const abi::Profile& profile = host.api.profile();
  int flags = ExecutionFlags(server) | RoleFlags(server) | PersistenceFlags(server) |
              MemoryFlags(server) |
              (server.config.Get("cluster-enabled") == "yes" ? REDISMODULE_CTX_FLAGS_CLUSTER : 0);
  if (ctx && ctx->client) {
    flags |= ClientFlags(*ctx);
    // A server keeps its append-only file closed while it reads it.
    if (ctx->client->loads_aof) flags &= ~REDISMODULE_CTX_FLAGS_AOF;
    if (MayDebug(server))
      flags |= static_cast<int>(abi::FlagIn(abi::constant::kCtxFlagsDebugEnabled, profile));
  }
  return flags & KnownFlags(profile);
}

const abi::ApiRow kRows[] = {
    API_ROW(GetContextFlags).Partial("ASYNC_LOADING and SERVER_STARTUP are never told"),
};

}  // namespace

std::span<const abi::ApiRow> KeyGenericContextRows() { return kRows; }

}  // namespace modcert::api
