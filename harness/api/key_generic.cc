// DB and Key APIs -- Generic API.

#include <algorithm>

#include "abi/constants.h"
#include "api/key_access.h"
#include "api/rows.h"
#include "engine/persistence.h"

namespace modcert::api {
namespace {

// int RedisModule_GetSelectedDb(RedisModuleCtx *ctx)
int GetSelectedDb(RedisModuleCtx* ctx) noexcept { return ctx->db(); }

// int RedisModule_SelectDb(RedisModuleCtx *ctx, int newid)
int SelectDb(RedisModuleCtx* ctx, int db) noexcept {
  if (db < 0 || db >= ctx->host.server.keyspace.db_count()) return REDISMODULE_ERR;
  ctx->client->db = db;
  return REDISMODULE_OK;
}

// int RedisModule_KeyExists(RedisModuleCtx *ctx, RedisModuleString *keyname)
int KeyExists(RedisModuleCtx* ctx, RedisModuleString* name) noexcept {
  // key.exists-does-not-touch: but it counts as a hit or a miss, and a miss is told of.
  return ctx->host.server.keyspace.FindForRead(ctx->db(), name->bytes, {.touch = false}) != nullptr;
}

// What the bits of an open mode ask of the lookup. A bit that the release does not know asks
// nothing.
engine::LookupMode LookupFor(int mode, const abi::Profile& profile) {
  const bool write = (mode & REDISMODULE_WRITE) != 0;
  const auto asks = [&](const abi::Constant& bit) {
    return (mode & abi::FlagIn(bit, profile)) != 0;
  };
  const bool no_effects = asks(abi::constant::kOpenKeyNoeffects);
  return {
      .touch = !no_effects && !asks(abi::constant::kOpenKeyNotouch),
      .count_stats = !no_effects && !write && !asks(abi::constant::kOpenKeyNostats),
      .notify = !no_effects && !write && !asks(abi::constant::kOpenKeyNonotify),
      .delete_expired = !no_effects && !asks(abi::constant::kOpenKeyNoexpire),
      .show_expired = asks(abi::constant::kOpenKeyAccessExpired),
  };
}

engine::LookupMode PlainLookup(int mode) {
  const bool read = (mode & REDISMODULE_WRITE) == 0;
  return {.count_stats = read, .notify = read};
}

// RedisModuleKey *RedisModule_OpenKey(RedisModuleCtx *ctx, RedisModuleString *keyname, int mode)
RedisModuleKey* OpenKey(RedisModuleCtx* ctx, RedisModuleString* name, int mode) noexcept {
  const bool is_plain = (mode & ~(REDISMODULE_READ | REDISMODULE_WRITE)) == 0;
  engine::Entry* entry = ctx->host.server.keyspace.FindForRead(
      ctx->db(), name->bytes,
      is_plain ? PlainLookup(mode) : LookupFor(mode, ctx->host.api.profile()));
  if (!entry && !(mode & REDISMODULE_WRITE)) return nullptr;  // key.open-read-missing
  // key.open-write-missing: nothing is created before something is stored.
  RedisModuleKey* key =
      ctx->host.handles.keys.New(ctx->module, ctx, ctx->db(), name->bytes, mode, entry);
  key->checked_at = ctx->host.server.keyspace.removals();
  ctx->keys.push_back(key);
  ctx->Track(abi::HandleKind::kKey, key);
  return key;
}

// int RedisModule_GetOpenKeyModesAll(void)
int GetOpenKeyModesAll() noexcept {
  // key.open-modes-all
  return static_cast<int>(
      abi::ValueIn(abi::constant::kOpenKeyAll, module::CurrentHost()->api.profile()).value_or(0));
}

// void RedisModule_CloseKey(RedisModuleKey *key)
void CloseKey(RedisModuleKey* key) noexcept {
  if (!key) return;  // key.close-null
  key->ctx->Untrack(key);
  key->ctx->host.CloseKey(key);
}

// key.type-stream
bool KnowsStreams(const abi::Profile& profile) { return abi::AtLeast(profile, {6, 2, 0}); }

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
  if (!key || !key->entry) return REDISMODULE_KEYTYPE_EMPTY;  // key.type-empty
  const int type = std::visit(TypeOf{}, key->entry->value);
  if (type == REDISMODULE_KEYTYPE_STREAM && !KnowsStreams(key->ctx->host.api.profile()))
    return REDISMODULE_KEYTYPE_EMPTY;
  return type;
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

// key.expire-negative: before 6.2.2 such a time was taken as one that has passed.
bool RefusesNegativeTimes(const abi::Profile& profile) { return abi::AtLeast(profile, {6, 2, 2}); }

// SetExpire and SetAbsExpire: `base_ms` is what the time counts from.
int SetExpiry(RedisModuleKey* key, mstime_t expire_ms, int64_t base_ms) {
  const bool remove = expire_ms == REDISMODULE_NO_EXPIRE;
  if (!key->writable() || !key->entry) return REDISMODULE_ERR;
  if (expire_ms < 0 && !remove && RefusesNegativeTimes(key->ctx->host.api.profile()))
    return REDISMODULE_ERR;
  // A sum that overflows wraps, as on a real server.
  const auto at_ms =
      static_cast<int64_t>(static_cast<uint64_t>(base_ms) + static_cast<uint64_t>(expire_ms));
  KeyspaceOf(key).SetExpiry(key->db, key->name, remove ? engine::kNoExpiry : at_ms);
  return REDISMODULE_OK;
}

// int RedisModule_SetExpire(RedisModuleKey *key, mstime_t expire)
int SetExpire(RedisModuleKey* key, mstime_t expire_ms) noexcept {
  return SetExpiry(key, expire_ms, key->ctx->host.server.clock.now_ms());
}

// mstime_t RedisModule_GetAbsExpire(RedisModuleKey *key)
mstime_t GetAbsExpire(RedisModuleKey* key) noexcept {
  if (!key->entry || key->entry->expire_at_ms == engine::kNoExpiry) return REDISMODULE_NO_EXPIRE;
  return key->entry->expire_at_ms;
}

// int RedisModule_SetAbsExpire(RedisModuleKey *key, mstime_t expire)
int SetAbsExpire(RedisModuleKey* key, mstime_t expire_ms) noexcept {
  return SetExpiry(key, expire_ms, 0);
}

// void RedisModule_ResetDataset(int restart_aof, int async)
void ResetDataset(int restart_aof, int) noexcept {
  engine::Server& server = module::CurrentHost()->server;
  engine::Persistence& persistence = *server.persistence;
  const bool restart =
      restart_aof && persistence.aof.state() != engine::AppendOnlyFile::State::kOff;
  if (restart) persistence.aof.Close();
  // db.reset-empties-all; what a server frees in the background is freed at once here.
  server.stats.dirty += static_cast<int64_t>(server.Flush(-1, engine::FlushStep::Mode::kSync));
  // db.reset-restarts-aof: with a rewrite, as when `appendonly` is switched on.
  if (restart) persistence.AppendOnlyChanged();
}

// unsigned long long RedisModule_DbSize(RedisModuleCtx *ctx)
unsigned long long DbSize(RedisModuleCtx* ctx) noexcept {
  return ctx->host.server.keyspace.size(ctx->db());  // db.size-counts-expired
}

// RedisModuleString *RedisModule_RandomKey(RedisModuleCtx *ctx)
RedisModuleString* RandomKey(RedisModuleCtx* ctx) noexcept {
  engine::Server& server = ctx->host.server;
  std::optional<std::string> name = server.keyspace.RandomKey(ctx->db(), server.random);
  if (!name) return nullptr;  // db.random-key-of-empty
  return ctx->host.NewString(ctx, *std::move(name));
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
    API_ROW(KeyExists),
    API_ROW(OpenKey),
    API_ROW(GetOpenKeyModesAll),
    API_ROW(CloseKey),
    API_ROW(KeyType),
    API_ROW(ValueLength),
    API_ROW(DeleteKey),
    API_ROW(UnlinkKey),
    API_ROW(GetExpire),
    API_ROW(SetExpire),
    API_ROW(GetAbsExpire),
    API_ROW(SetAbsExpire),
    API_ROW(ResetDataset),
    API_ROW(DbSize),
    API_ROW(RandomKey),
    API_ROW(GetKeyNameFromOptCtx),
    API_ROW(GetToKeyNameFromOptCtx),
    API_ROW(GetDbIdFromOptCtx),
    API_ROW(GetToDbIdFromOptCtx),
};

}  // namespace

std::span<const abi::ApiRow> KeyGenericRows() { return kRows; }

}  // namespace modcert::api
