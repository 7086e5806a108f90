// Modules ACL API: users, their rules, what they may do, and the log. Clients are in
// acl_clients.cc.

#include <cerrno>

#include "api/rows.h"
#include "base/split_args.h"
#include "engine/commands/known_command.h"
#include "module/host.h"

namespace modcert::api {
namespace {

using engine::AclDenial;
using engine::AclRuleProblem;
using module::CurrentHost;
using module::Host;

// Where refusals have a reason, errno tells it.
int Refuse(int reason) {
  errno = reason;
  return REDISMODULE_ERR;
}

std::vector<std::string> Texts(RedisModuleString** strings, int count) {
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) texts.push_back(strings[i]->bytes);
  return texts;
}

// RedisModuleUser *RedisModule_CreateModuleUser(const char *name)
// acl.module-user-may-nothing, acl.module-user-names-repeat
RedisModuleUser* CreateModuleUser(const char* name) noexcept {
  Host& host = *CurrentHost();
  auto user = std::make_unique<engine::AclUser>(host.server.acl.NewUser(name));
  RedisModuleUser* handle = host.handles.users.New(module::CurrentModule(), user.get());
  handle->own = std::move(user);  // acl.module-user-unlisted: it is in no list of the server's.
  return handle;
}

// void RedisModule_FreeModuleUser(RedisModuleUser *user)
// acl.free-handle-keeps-user
void FreeModuleUser(RedisModuleUser* user) noexcept {
  Host& host = *CurrentHost();
  // acl.free-user-ends-clients: only the user that a module made goes with its handle.
  if (user->own) host.server.DeauthenticateClientsOf(*user->own);
  host.handles.users.End(user);
}

// RedisModuleString *RedisModule_GetUserUsername(RedisModuleCtx *ctx, const RedisModuleUser *user)
// acl.username
RedisModuleString* GetUserUsername(RedisModuleCtx* ctx, const RedisModuleUser* user) noexcept {
  if (!user) return nullptr;
  return (ctx ? &ctx->host : CurrentHost())->NewString(ctx, user->user->name);
}

int ErrnoOf(AclRuleProblem problem) {
  switch (problem) {
    case AclRuleProblem::kSyntax:
      return EINVAL;
    case AclRuleProblem::kUnknown:
      return ENOENT;
    case AclRuleProblem::kKeysAreAll:
      return EEXIST;
    case AclRuleProblem::kChannelsAreAll:
      return EISDIR;
    case AclRuleProblem::kBadHash:
      return EBADMSG;
    case AclRuleProblem::kNoSuchPassword:
      return ENODEV;
    case AclRuleProblem::kFirstArgOfSubcommand:
      return ECHILD;
  }
  return EINVAL;
}

// int RedisModule_SetModuleUserACL(RedisModuleUser *user, const char *acl)
// acl.rule-applied, acl.rule-errno
int SetModuleUserACL(RedisModuleUser* user, const char* rule) noexcept {
  const auto problem = CurrentHost()->server.acl.ApplyRule(*user->user, rule);
  if (!problem) return REDISMODULE_OK;
  errno = ErrnoOf(*problem);
  return -1;  // acl.rule-fails-with-minus-one: and not REDISMODULE_ERR, which is 1
}

// int RedisModule_SetModuleUserACLString(RedisModuleCtx *ctx, RedisModuleUser *user,
//                                        const char *acl, RedisModuleString **error)
// acl.rules-all-or-none, acl.rules-error-text
int SetModuleUserACLString(RedisModuleCtx* ctx, RedisModuleUser* user, const char* rules,
                           RedisModuleString** error) noexcept {
  Host& host = ctx ? ctx->host : *CurrentHost();
  // Quotes that do not fit leave no rule at all.
  const auto words = SplitArgs(rules).value_or(std::vector<std::string>());
  const auto problem = host.server.acl.ChangeUser(*user->user, words);
  if (!problem) return REDISMODULE_OK;
  if (error) *error = host.NewString(ctx, *problem);
  return REDISMODULE_ERR;
}

// RedisModuleString *RedisModule_GetModuleUserACLString(RedisModuleUser *user)
// acl.describes-rules
RedisModuleString* GetModuleUserACLString(RedisModuleUser* user) noexcept {
  Host& host = *CurrentHost();
  return host.NewString(nullptr, DescribeUser(*user->user, host.server.acl.commands()));
}

// RedisModuleString *RedisModule_GetCurrentUserName(RedisModuleCtx *ctx)
// acl.current-user, acl.current-user-none
RedisModuleString* GetCurrentUserName(RedisModuleCtx* ctx) noexcept {
  if (!ctx->client || !ctx->client->user) return nullptr;
  return ctx->host.NewString(ctx, ctx->client->user->name);
}

// RedisModuleUser *RedisModule_GetModuleUserFromUserName(RedisModuleString *name)
// acl.finds-user
RedisModuleUser* GetModuleUserFromUserName(RedisModuleString* name) noexcept {
  Host& host = *CurrentHost();
  // acl.finds-disabled-users: whether it is switched on does not matter.
  engine::AclUser* user = host.server.acl.Find(name->bytes);
  return user ? host.handles.users.New(module::CurrentModule(), user) : nullptr;
}

// Wrong numbers of arguments have an errno of their own since Redis 8.0.
bool TellsWrongArity(const abi::Profile& profile) { return abi::AtLeast(profile, {8, 0, 0}); }

// int RedisModule_ACLCheckCommandPermissions(RedisModuleUser *user, RedisModuleString **argv,
//                                            int argc)
// acl.check-command, acl.check-command-unknown, acl.check-command-arity
int ACLCheckCommandPermissions(RedisModuleUser* user, RedisModuleString** argv, int argc) noexcept {
  Host& host = *CurrentHost();
  const std::vector<std::string> args = Texts(argv, argc);
  const auto command = KnownCommand(host.server.commands, args);
  if (!command) return Refuse(ENOENT);
  if (TellsWrongArity(host.api.profile()) && !command->TakesArguments(args.size()))
    return Refuse(EINVAL);
  if (host.server.acl.Check(*user->user, *command, args)) return Refuse(EACCES);
  return REDISMODULE_OK;
}

constexpr int kKeyFlags = REDISMODULE_CMD_KEY_ACCESS | REDISMODULE_CMD_KEY_INSERT |
                          REDISMODULE_CMD_KEY_DELETE | REDISMODULE_CMD_KEY_UPDATE;
static_assert(kKeyFlags ==
              (engine::kKeyAccess | engine::kKeyInsert | engine::kKeyDelete | engine::kKeyUpdate));

// int RedisModule_ACLCheckKeyPermissions(RedisModuleUser *user, RedisModuleString *key, int flags)
// acl.check-key, acl.check-key-any, acl.check-key-flags
int ACLCheckKeyPermissions(RedisModuleUser* user, RedisModuleString* key, int flags) noexcept {
  if ((flags & ~kKeyFlags) != 0) return Refuse(EINVAL);
  const uint8_t needed = engine::PermissionsFor(static_cast<uint64_t>(flags));
  if (!CurrentHost()->server.acl.MayTouchKey(*user->user, key->bytes, needed))
    return Refuse(EACCES);
  return REDISMODULE_OK;
}

int CheckPrefix(const RedisModuleUser* user, std::string_view prefix, unsigned int flags) {
  if ((flags & ~static_cast<unsigned int>(kKeyFlags)) != 0) return Refuse(EINVAL);
  const uint8_t needed = engine::PermissionsFor(flags);
  if (!CurrentHost()->server.acl.MayTouchKeysWithPrefix(*user->user, prefix, needed))
    return Refuse(EACCES);
  return REDISMODULE_OK;
}

// int RedisModule_ACLCheckKeyPrefixPermissions(RedisModuleUser *user, RedisModuleString *prefix,
//                                              int flags)
// acl.check-prefix, acl.check-prefix-valkey
int ACLCheckKeyPrefixPermissions(RedisModuleUser* user, RedisModuleString* prefix,
                                 int flags) noexcept {
  return CheckPrefix(user, prefix->bytes, static_cast<unsigned int>(flags));
}

// The function that Valkey has under the same name:
// int ValkeyModule_ACLCheckKeyPrefixPermissions(ValkeyModuleUser *user, const char *key,
//                                               size_t len, unsigned int flags)
int ACLCheckKeyPrefixPermissionsOfValkey(RedisModuleUser* user, const char* prefix, size_t size,
                                         unsigned int flags) noexcept {
  if (!user) return Refuse(EINVAL);
  return CheckPrefix(user, std::string_view(prefix, size), flags);
}

// int RedisModule_ACLCheckChannelPermissions(RedisModuleUser *user, RedisModuleString *ch,
//                                            int literal)
// acl.check-channel, acl.channel-flags, acl.channel-pattern-literal
int ACLCheckChannelPermissions(RedisModuleUser* user, RedisModuleString* channel,
                               int flags) noexcept {
  constexpr int kFlags = REDISMODULE_CMD_CHANNEL_PUBLISH | REDISMODULE_CMD_CHANNEL_SUBSCRIBE |
                         REDISMODULE_CMD_CHANNEL_UNSUBSCRIBE | REDISMODULE_CMD_CHANNEL_PATTERN;
  if ((flags & ~kFlags) != 0) return Refuse(EINVAL);
  // acl.unsubscribing-is-allowed
  if ((flags & REDISMODULE_CMD_CHANNEL_UNSUBSCRIBE) != 0) return REDISMODULE_OK;
  const bool is_pattern = (flags & REDISMODULE_CMD_CHANNEL_PATTERN) != 0;
  const bool allowed =
      CurrentHost()->server.acl.MayUseChannel(*user->user, channel->bytes, is_pattern);
  // acl.channel-refusal-without-errno
  return allowed ? REDISMODULE_OK : REDISMODULE_ERR;
}

RedisModuleACLLogEntryReason ReasonOf(const AclDenial& denial) {
  switch (denial.reason) {
    case AclDenial::Reason::kCommand:
      return REDISMODULE_ACL_LOG_CMD;
    case AclDenial::Reason::kKey:
      return REDISMODULE_ACL_LOG_KEY;
    case AclDenial::Reason::kChannel:
      return REDISMODULE_ACL_LOG_CHANNEL;
  }
  return REDISMODULE_ACL_LOG_CMD;
}

// int ValkeyModule_ACLCheckPermissions(ValkeyModuleUser *user, ValkeyModuleString **argv, int argc,
//                                      int dbid, ValkeyModuleACLLogEntryReason *denial_reason)
// acl.check-permissions, acl.check-permissions-arguments
int ACLCheckPermissions(RedisModuleUser* user, RedisModuleString** argv, int argc, int db,
                        RedisModuleACLLogEntryReason* denial_reason) noexcept {
  Host& host = *CurrentHost();
  const std::vector<std::string> args = Texts(argv, argc);
  const auto command = KnownCommand(host.server.commands, args);
  if (db < 0 || db >= host.server.config.databases || !command) return Refuse(EINVAL);
  const auto denial = host.server.acl.Check(*user->user, *command, args);
  if (!denial) return REDISMODULE_OK;
  if (denial_reason) *denial_reason = ReasonOf(*denial);
  return Refuse(EACCES);
}

// How the log names a reason; empty for one that there is not.
std::string_view ReasonName(RedisModuleACLLogEntryReason reason) {
  switch (static_cast<int>(reason)) {
    case REDISMODULE_ACL_LOG_AUTH:
      return "auth";
    case REDISMODULE_ACL_LOG_CMD:
      return "command";
    case REDISMODULE_ACL_LOG_KEY:
      return "key";
    case REDISMODULE_ACL_LOG_CHANNEL:
      return "channel";
    case VALKEYMODULE_ACL_LOG_DB:
      return IsValkey(CurrentHost()->api.profile()) ? "database" : "";
    default:
      return "";
  }
}

void AddToLog(RedisModuleCtx* ctx, std::string_view username, const RedisModuleString* object,
              RedisModuleACLLogEntryReason reason) {
  const std::string_view name = ReasonName(reason);
  if (name.empty()) return;  // acl.log-unknown-reason
  engine::Server& server = ctx->host.server;
  server.acl.LogRefusal(*ctx->client, name, object->bytes, username, "module",
                        server.clock.now_ms());
}

// void RedisModule_ACLAddLogEntry(RedisModuleCtx *ctx, RedisModuleUser *user,
//                                 RedisModuleString *object, RedisModuleACLLogEntryReason reason)
// acl.log-entry
void ACLAddLogEntry(RedisModuleCtx* ctx, RedisModuleUser* user, RedisModuleString* object,
                    RedisModuleACLLogEntryReason reason) noexcept {
  AddToLog(ctx, user->user->name, object, reason);
}

// void RedisModule_ACLAddLogEntryByUserName(RedisModuleCtx *ctx, RedisModuleString *user,
//                                           RedisModuleString *object,
//                                           RedisModuleACLLogEntryReason reason)
// acl.log-entry-by-name
void ACLAddLogEntryByUserName(RedisModuleCtx* ctx, RedisModuleString* username,
                              RedisModuleString* object,
                              RedisModuleACLLogEntryReason reason) noexcept {
  AddToLog(ctx, username->bytes, object, reason);
}

const abi::ApiRow kRows[] = {
    API_ROW(CreateModuleUser),
    API_ROW(FreeModuleUser),
    API_ROW(GetUserUsername),
    API_ROW(SetModuleUserACL),
    API_ROW(SetModuleUserACLString),
    API_ROW(GetModuleUserACLString),
    API_ROW(GetCurrentUserName),
    API_ROW(GetModuleUserFromUserName),
    API_ROW(ACLCheckCommandPermissions),
    API_ROW(ACLCheckKeyPermissions),
    API_ROW(ACLCheckKeyPrefixPermissions),
    abi::MakeRow<abi::published::valkey::ACLCheckKeyPrefixPermissions,
                 &ACLCheckKeyPrefixPermissionsOfValkey>(),
    API_ROW(ACLCheckChannelPermissions),
    API_ROW(ACLCheckPermissions),
    API_ROW(ACLAddLogEntry),
    API_ROW(ACLAddLogEntryByUserName),
};

}  // namespace

std::span<const abi::ApiRow> AclRows() { return kRows; }

}  // namespace modcert::api
