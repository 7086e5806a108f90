// Module Keyspace Notifications API.

#include "api/rows.h"
#include "engine/replication.h"
#include "module/host.h"

namespace modcert::api {
namespace {

using Wish = module::KeyspaceSubscriptions::Wish;

int OkIf(bool done) { return done ? REDISMODULE_OK : REDISMODULE_ERR; }

// int RedisModule_SubscribeToKeyspaceEvents(RedisModuleCtx *ctx, int types,
//                                           RedisModuleNotificationFunc cb)
int SubscribeToKeyspaceEvents(RedisModuleCtx* ctx, int types,
                              RedisModuleNotificationFunc callback) noexcept {
  // notify.adds: each call is a subscription of its own.
  ctx->host.keyspace_events.Subscribe(
      *ctx->module, {.types = static_cast<uint32_t>(types), .callback = callback});
  return REDISMODULE_OK;
}

// int RedisModule_UnsubscribeFromKeyspaceEvents(RedisModuleCtx *ctx, int types,
//                                               RedisModuleNotificationFunc cb)
int UnsubscribeFromKeyspaceEvents(RedisModuleCtx* ctx, int types,
                                  RedisModuleNotificationFunc callback) noexcept {
  if (!ctx || !callback) return REDISMODULE_ERR;
  return OkIf(ctx->host.keyspace_events.Unsubscribe(
      *ctx->module, {.types = static_cast<uint32_t>(types), .callback = callback}));
}

// int RedisModule_SubscribeToKeyspaceEventsWithSubkeys(
//     RedisModuleCtx *ctx, int types, int flags, RedisModuleNotificationWithSubkeysFunc cb)
int SubscribeToKeyspaceEventsWithSubkeys(RedisModuleCtx* ctx, int types, int flags,
                                         RedisModuleNotificationWithSubkeysFunc callback) noexcept {
  ctx->host.keyspace_events.Subscribe(
      *ctx->module,
      {.types = static_cast<uint32_t>(types), .subkeys_callback = callback, .flags = flags});
  return REDISMODULE_OK;
}

// int RedisModule_UnsubscribeFromKeyspaceEventsWithSubkeys(
//     RedisModuleCtx *ctx, int types, int flags, RedisModuleNotificationWithSubkeysFunc cb)
int UnsubscribeFromKeyspaceEventsWithSubkeys(
    RedisModuleCtx* ctx, int types, int flags,
    RedisModuleNotificationWithSubkeysFunc callback) noexcept {
  if (!ctx || !callback) return REDISMODULE_ERR;
  return OkIf(ctx->host.keyspace_events.Unsubscribe(
      *ctx->module,
      {.types = static_cast<uint32_t>(types), .subkeys_callback = callback, .flags = flags}));
}

// Writes are never safe while data are read, nor where only the primary may write.
bool MayWriteLater(const engine::Server& server) {
  return !server.is_loading &&
         !(server.replication->is_replica() && server.config.replica_read_only);
}

// int RedisModule_AddPostNotificationJob(RedisModuleCtx *ctx,
//                                        RedisModulePostNotificationJobFunc callback, void *pd,
//                                        void (*free_pd)(void *))
int AddPostNotificationJob(RedisModuleCtx* ctx, RedisModulePostNotificationJobFunc callback,
                           void* data, void (*free_data)(void*)) noexcept {
  // notify.job-refused: the data stay the module's.
  if (!MayWriteLater(ctx->host.server)) return REDISMODULE_ERR;
  ctx->host.keyspace_events.AddJob(ctx->module, ctx->db(), callback, data, free_data);
  return REDISMODULE_OK;
}

// int RedisModule_AddPostNotificationJobForKey(RedisModuleCtx *ctx,
//                                              RedisModulePostNotifyJobPerKeyFunc callback,
//                                              RedisModuleString *key, void *pd,
//                                              void (*free_pd)(void *))
int AddPostNotificationJobForKey(RedisModuleCtx* ctx, RedisModulePostNotifyJobPerKeyFunc callback,
                                 RedisModuleString* key, void* data,
                                 void (*free_data)(void*)) noexcept {
  // notify.job-key-needs-notification: only what happens to a key asks for such a job.
  if (!ctx->host.keyspace_events.in_notification()) return REDISMODULE_ERR;
  ctx->host.keyspace_events.AddKeyJob(ctx->module, ctx->db(), key->bytes, callback, data,
                                      free_data);
  return REDISMODULE_OK;
}

// Tells of an event that a module has made up.
int Notify(RedisModuleCtx* ctx, int type, const char* event, RedisModuleString* key,
           std::span<const std::string> subkeys) {
  if (!ctx || !ctx->client || ctx->host.keyspace_events.in_key_job()) return REDISMODULE_ERR;
  ctx->host.server.notifier.Notify({.event_class = static_cast<engine::EventClass>(type),
                                    .name = event,
                                    .key = key->bytes,
                                    .db = ctx->db(),
                                    .subkeys = subkeys});
  return REDISMODULE_OK;
}

// int RedisModule_NotifyKeyspaceEvent(RedisModuleCtx *ctx, int type, const char *event,
//                                     RedisModuleString *key)
int NotifyKeyspaceEvent(RedisModuleCtx* ctx, int type, const char* event,
                        RedisModuleString* key) noexcept {
  return Notify(ctx, type, event, key, {});
}

// int RedisModule_NotifyKeyspaceEventWithSubkeys(RedisModuleCtx *ctx, int type, const char *event,
//                                                RedisModuleString *key,
//                                                RedisModuleString **subkeys, int count)
int NotifyKeyspaceEventWithSubkeys(RedisModuleCtx* ctx, int type, const char* event,
                                   RedisModuleString* key, RedisModuleString** subkeys,
                                   int count) noexcept {
  std::vector<std::string> texts;
  for (int i = 0; subkeys && i < count; ++i) texts.push_back(subkeys[i]->bytes);
  return Notify(ctx, type, event, key, texts);
}

// int RedisModule_GetNotifyKeyspaceEvents(void)
int GetNotifyKeyspaceEvents() noexcept {
  const module::Host* host = module::CurrentHost();
  return host ? static_cast<int>(host->server.config.notify_keyspace_events) : 0;
}

const abi::ApiRow kRows[] = {
    API_ROW(SubscribeToKeyspaceEvents),
    API_ROW(UnsubscribeFromKeyspaceEvents),
    API_ROW(SubscribeToKeyspaceEventsWithSubkeys),
    API_ROW(UnsubscribeFromKeyspaceEventsWithSubkeys),
    API_ROW(AddPostNotificationJob),
    API_ROW(AddPostNotificationJobForKey),
    API_ROW(NotifyKeyspaceEvent),
    API_ROW(NotifyKeyspaceEventWithSubkeys),
    API_ROW(GetNotifyKeyspaceEvents),
};

}  // namespace

std::span<const abi::ApiRow> KeyspaceEventRows() { return kRows; }

}  // namespace modcert::api
