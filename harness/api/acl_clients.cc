// Modules ACL API: what concerns a client: who it is, its certificate, and what others see of its
// command.

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

using engine::AclUser;
using engine::Client;
using module::ContextKind;
using module::CurrentHost;
using module::Host;

// A connection, or the context of a thread that belongs to none: what it becomes then is nobody's
// business. Clients that a server makes for the time of a callback are lost anyway.
bool CanAuthenticate(const RedisModuleCtx* ctx) {
  if (!ctx->client) return false;
  if (ctx->client->origin() == Client::Origin::kUser) return true;
  return ctx->kind == ContextKind::kThreadSafe && !ctx->blocked_client;
}

void WatchUser(RedisModuleCtx* ctx, RedisModuleUserChangedFunc callback, void* private_data) {
  Host* const host = &ctx->host;
  module::Module* const module = ctx->module;
  ctx->client->user_watch = {module,
                             [host, module, callback, private_data, id = ctx->client->id()] {
                               const module::ModuleScope scope(*host, module);
                               callback(id, private_data);
                             }};
}

int Authenticate(RedisModuleCtx* ctx, AclUser& user, RedisModuleUserChangedFunc callback,
                 void* private_data, uint64_t* client_id) {
  if (!user.on || !CanAuthenticate(ctx)) return REDISMODULE_ERR;
  // acl.user-changed-once: whoever watched the client until now hears of it, and of nothing more.
  ctx->client->UserChanged();
  ctx->client->user = &user;
  ctx->client->authenticated = true;
  ctx->client->authenticated_by_module = true;  // auth.handled
  if (callback) WatchUser(ctx, callback, private_data);
  if (client_id) *client_id = ctx->client->id();
  return REDISMODULE_OK;
}

// int RedisModule_AuthenticateClientWithACLUser(RedisModuleCtx *ctx, const char *name, size_t len,
//                                               RedisModuleUserChangedFunc callback,
//                                               void *privdata, uint64_t *client_id)
// acl.authenticate, acl.authenticate-disabled, acl.authenticate-unknown,
// acl.authenticate-no-client, acl.user-changed-at-end
int AuthenticateClientWithACLUser(RedisModuleCtx* ctx, const char* name, size_t size,
                                  RedisModuleUserChangedFunc callback, void* private_data,
                                  uint64_t* client_id) noexcept {
  AclUser* user = ctx->host.server.acl.Find(std::string_view(name, size));
  if (!user) return REDISMODULE_ERR;
  return Authenticate(ctx, *user, callback, private_data, client_id);
}

// int RedisModule_AuthenticateClientWithUser(RedisModuleCtx *ctx, RedisModuleUser *user,
//                                            RedisModuleUserChangedFunc callback, void *privdata,
//                                            uint64_t *client_id)
int AuthenticateClientWithUser(RedisModuleCtx* ctx, RedisModuleUser* user,
                               RedisModuleUserChangedFunc callback, void* private_data,
                               uint64_t* client_id) noexcept {
  return Authenticate(ctx, *user->user, callback, private_data, client_id);
}

// A connection; the clients that the host runs modules with have no number for them.
Client* FindConnection(Host& host, uint64_t id) {
  Client* client = host.server.FindClient(id);
  return client && client->origin() == Client::Origin::kUser ? client : nullptr;
}

// int RedisModule_DeauthenticateAndCloseClient(RedisModuleCtx *ctx, uint64_t client_id)
// acl.deauthenticate, acl.deauthenticate-unknown
int DeauthenticateAndCloseClient(RedisModuleCtx* ctx, uint64_t client_id) noexcept {
  Host& host = ctx ? ctx->host : *CurrentHost();
  Client* client = FindConnection(host, client_id);
  if (!client) return REDISMODULE_ERR;
  client->UserChanged();  // acl.deauthenticate-tells-first: before the client is closed
  host.server.Deauthenticate(*client);
  return REDISMODULE_OK;
}

// int RedisModule_RedactClientCommandArgument(RedisModuleCtx *ctx, int pos)
// acl.redact, acl.redact-range, acl.redact-no-command
int RedactClientCommandArgument(RedisModuleCtx* ctx, int position) noexcept {
  if (!ctx || !ctx->call || position < 1 || position >= ctx->call->argc()) return REDISMODULE_ERR;
  ctx->call->Redact(position);
  return REDISMODULE_OK;
}

// RedisModuleString *RedisModule_GetClientCertificate(RedisModuleCtx *ctx, uint64_t id)
// acl.certificate-none
RedisModuleString* GetClientCertificate(RedisModuleCtx* ctx, uint64_t client_id) noexcept {
  Host& host = ctx ? ctx->host : *CurrentHost();
  const Client* client = FindConnection(host, client_id);
  if (!client || client->certificate.empty()) return nullptr;
  return host.NewString(ctx, client->certificate);
}

const abi::ApiRow kRows[] = {
    API_ROW(AuthenticateClientWithACLUser), API_ROW(AuthenticateClientWithUser),
    API_ROW(DeauthenticateAndCloseClient),  API_ROW(RedactClientCommandArgument),
    API_ROW(GetClientCertificate),
};

}  // namespace

std::span<const abi::ApiRow> AclClientRows() { return kRows; }

}  // namespace modcert::api
