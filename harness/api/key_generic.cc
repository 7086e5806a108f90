// DB and Key APIs -- Generic API.

#include <algorithm>

#include "api/key_access.h"
#include "api/rows.h"
#include "engine/memory_usage.h"
#include "engine/persistence.h"
#include "engine/replication.h"
#include "engine/scripting/scripting.h"

namespace modcert::api {
namespace {

using module::ContextKind;

// int RedisModule_GetSelectedDb(RedisModuleCtx *ctx)
int GetSelectedDb(RedisModuleCtx* ctx) noexcept { return ctx->db(); }

// int RedisModule_SelectDb(RedisModuleCtx *ctx, int newid)
int SelectDb(RedisModuleCtx* ctx, int db) noexcept {
  if (db < 0 || db >= ctx->host.server.keyspace.db_count()) return REDISMODULE_ERR;
  ctx->client->db = db;
  return REDISMODULE_OK;
}

// RedisModuleKey *RedisModule_OpenKey(RedisModuleCtx *ctx, RedisModuleString *keyname, int mode)
RedisModuleKey* OpenKey(RedisModuleCtx* ctx, RedisModuleString* name, int mode) noexcept {
  engine::Keyspace& keyspace = ctx->host.server.keyspace;
  const bool write = (mode & REDISMODULE_WRITE) != 0;
  const bool touch = (mode & REDISMODULE_OPEN_KEY_NOTOUCH) == 0;
  engine::Entry* entry =
      keyspace.FindForRead(ctx->db(), name->bytes, {.touch = touch, .count_stats = !write});
  if (!entry && !write) return nullptr;
  RedisModuleKey* key =
      ctx->host.handles.keys.New(ctx->module, ctx, ctx->db(), name->bytes, mode, entry);
  key->checked_at = keyspace.removals();
  ctx->keys.push_back(key);
  ctx->Track(abi::HandleKind::kKey, key);
  return key;
}

// void RedisModule_CloseKey(RedisModuleKey *key)
void CloseKey(RedisModuleKey* key) noexcept {
  if (!key) return;
  key->ctx->Untrack(key);
  key->ctx->host.CloseKey(key);
}

struct TypeOf {
  int operator()(const engine::String&) const { return REDISMODULE_KEYTYPE_STRING; }
  int operator()(const engine::List&) const { return REDISMODULE_KEYTYPE_LIST; }
  int operator()(const engine::Set&) const { return REDISMODULE_KEYTYPE_SET; }
  int operator()(const engine::Hash&) const { return REDISMODULE_KEYTYPE_HASH; }
  int operator()(const engine::ZSet&) const { return REDISMODULE_KEYTYPE_ZSET; }
  int operator()(const engine::Stream&) const { return REDISMODULE_KEYTYPE_STREAM; }
  int operator()(const engine::Opaque&) const { return REDISMODULE_KEYTYPE_MODULE; }
};

// int RedisModule_KeyType(RedisModuleKey *key)
int KeyType(RedisModuleKey* key) noexcept {
  if (!key || !key->entry) return REDISMODULE_KEYTYPE_EMPTY;
  return std::visit(TypeOf{}, key->entry->value);
}

struct LengthOf {
  size_t operator()(const engine::Opaque&) const { return 0; }
  template <typename T>
  size_t operator()(const T& value) const {
    return value.size();
  }
};

// size_t RedisModule_ValueLength(RedisModuleKey *key)
size_t ValueLength(RedisModuleKey* key) noexcept {
  if (!key || !key->entry) return 0;
  return std::visit(LengthOf{}, key->entry->value);
}

// int RedisModule_DeleteKey(RedisModuleKey *key)
int DeleteKey(RedisModuleKey* key) noexcept {
  if (!key->writable()) return REDISMODULE_ERR;  // key.delete-needs-write
  RemoveKey(key);                                // key.delete-keeps-handle
  return REDISMODULE_OK;
}

// int RedisModule_UnlinkKey(RedisModuleKey *key)
int UnlinkKey(RedisModuleKey* key) noexcept {
  if (!key->writable()) return REDISMODULE_ERR;
  RemoveKey(key, engine::Freeing::kUnlink);
  return REDISMODULE_OK;
}

// mstime_t RedisModule_GetExpire(RedisModuleKey *key)
mstime_t GetExpire(RedisModuleKey* key) noexcept {
  if (!key->entry || key->entry->expire_at_ms == engine::kNoExpiry) return REDISMODULE_NO_EXPIRE;
  const int64_t left = key->entry->expire_at_ms - key->ctx->host.server.clock.now_ms();
  return std::max<int64_t>(left, 0);
}

// int RedisModule_SetExpire(RedisModuleKey *key, mstime_t expire)
int SetExpire(RedisModuleKey* key, mstime_t expire_ms) noexcept {
  const bool remove = expire_ms == REDISMODULE_NO_EXPIRE;
  if (!key->writable() || !key->entry || (expire_ms < 0 && !remove)) return REDISMODULE_ERR;
  // A sum that overflows wraps, as on a real server.
  const auto at = static_cast<int64_t>(static_cast<uint64_t>(key->ctx->host.server.clock.now_ms()) +
                                       static_cast<uint64_t>(expire_ms));
  KeyspaceOf(key).SetExpiry(key->db, key->name, remove ? engine::kNoExpiry : at);
  return REDISMODULE_OK;
}

// unsigned long long RedisModule_GetClientId(RedisModuleCtx *ctx)
unsigned long long GetClientId(RedisModuleCtx* ctx) noexcept {
  if (ctx->blocked_client) return ctx->blocked_client->client_id;
  return ctx->client ? ctx->client->id() : 0;
}

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

// int RedisModule_GetContextFlags(RedisModuleCtx *ctx)
int GetContextFlags(RedisModuleCtx* ctx) noexcept {
  const engine::Server& server = (ctx ? ctx->host : *module::CurrentHost()).server;
  const int flags =
      ExecutionFlags(server) | RoleFlags(server) | PersistenceFlags(server) | MemoryFlags(server) |
      (server.config.Get("cluster-enabled") == "yes" ? REDISMODULE_CTX_FLAGS_CLUSTER : 0);
  return ctx && ctx->client ? flags | ClientFlags(*ctx) : flags;
}

// const RedisModuleString *RedisModule_GetKeyNameFromOptCtx(RedisModuleKeyOptCtx *ctx)
const RedisModuleString* GetKeyNameFromOptCtx(RedisModuleKeyOptCtx* ctx) noexcept {
  return ctx->from_key;
}

// const RedisModuleString *RedisModule_GetToKeyNameFromOptCtx(RedisModuleKeyOptCtx *ctx)
const RedisModuleString* GetToKeyNameFromOptCtx(RedisModuleKeyOptCtx* ctx) noexcept {
  return ctx->to_key;
}

// int RedisModule_GetDbIdFromOptCtx(RedisModuleKeyOptCtx *ctx)
int GetDbIdFromOptCtx(RedisModuleKeyOptCtx* ctx) noexcept { return ctx->from_db; }

// int RedisModule_GetToDbIdFromOptCtx(RedisModuleKeyOptCtx *ctx)
int GetToDbIdFromOptCtx(RedisModuleKeyOptCtx* ctx) noexcept { return ctx->to_db; }

const abi::ApiRow kRows[] = {
    API_ROW(GetSelectedDb),
    API_ROW(SelectDb),
    API_ROW(OpenKey),
    API_ROW(CloseKey),
    API_ROW(KeyType),
    API_ROW(ValueLength),
    API_ROW(DeleteKey),
    API_ROW(UnlinkKey),
    API_ROW(GetExpire),
    API_ROW(SetExpire),
    API_ROW(GetClientId),
    API_ROW(GetContextFlags).Partial("no load of a replica that keeps its data meanwhile"),
    API_ROW(GetKeyNameFromOptCtx),
    API_ROW(GetToKeyNameFromOptCtx),
    API_ROW(GetDbIdFromOptCtx),
    API_ROW(GetToDbIdFromOptCtx),
};

}  // namespace

std::span<const abi::ApiRow> KeyGenericRows() { return kRows; }

}  // namespace modcert::api
