// Commands API.

#include <algorithm>
#include <cerrno>

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

using engine::KeySpec;
using module::ContextKind;
using module::NewCommand;

std::string_view OrEmpty(const char* text) { return text ? text : std::string_view(); }

// int RedisModule_CreateCommand(RedisModuleCtx *ctx, const char *name, RedisModuleCmdFunc cmdfunc,
//                               const char *strflags, int firstkey, int lastkey, int keystep)
// command.created, command.unknown-flag, command.flag-releases, command.no-flags,
// command.name-taken, command.name-characters, command.any-name-before-7-2,
// command.any-time-before-7-2, command.no-cluster, command.no-keys
int CreateCommand(RedisModuleCtx* ctx, const char* name, RedisModuleCmdFunc run, const char* flags,
                  int first_key, int last_key, int key_step) noexcept {
  const NewCommand command = {name, run, OrEmpty(flags), first_key, last_key, key_step};
  return ctx->host.AddCommand(*ctx->module, command) ? REDISMODULE_OK : REDISMODULE_ERR;
}

// RedisModuleCommand *RedisModule_GetCommand(RedisModuleCtx *ctx, const char *name)
// command.get-subcommand
RedisModuleCommand* GetCommand(RedisModuleCtx* ctx, const char* name) noexcept {
  for (RedisModuleCommand* command : ctx->module->command_handles)  // command.get-only-own
    if (engine::CommandNameEqual{}(command->command->name, name)) return command;
  return nullptr;
}

// int RedisModule_CreateSubcommand(RedisModuleCommand *parent, const char *name,
//                                  RedisModuleCmdFunc cmdfunc, const char *strflags, int firstkey,
//                                  int lastkey, int keystep)
// command.subcommand-argv, command.subcommand-keys, command.container-lists-subcommands
int CreateSubcommand(RedisModuleCommand* parent, const char* name, RedisModuleCmdFunc run,
                     const char* flags, int first_key, int last_key, int key_step) noexcept {
  const NewCommand command = {name, run, OrEmpty(flags), first_key, last_key, key_step};
  return parent->host.AddSubcommand(*parent, command) ? REDISMODULE_OK : REDISMODULE_ERR;
}

// int RedisModule_SetCommandInfo(RedisModuleCommand *command, const RedisModuleCommandInfo *info)
// command.info-shown, command.info-invalid, command.info-once, command.info-arity-alone,
// command.info-late, command.arity-enforced, command.range-from-specs, command.movable-keys
int SetCommandInfo(RedisModuleCommand* command, const RedisModuleCommandInfo* info) noexcept {
  const int problem = command->description.SetInfo(*info, command->host.api.profile());
  if (problem == 0) return REDISMODULE_OK;
  errno = problem;
  return REDISMODULE_ERR;
}

// int RedisModule_SetCommandACLCategories(RedisModuleCommand *command, const char *ctgrsflags)
// command.categories-unknown
int SetCommandACLCategories(RedisModuleCommand* command, const char* categories) noexcept {
  if (!command || !command->module.in_on_load) return REDISMODULE_ERR;
  const auto bits = command->host.server.acl.commands().ParseCategories(OrEmpty(categories));
  if (!bits) return REDISMODULE_ERR;
  command->description.facts.categories = *bits;  // command.categories
  return REDISMODULE_OK;
}

// int RedisModule_AddACLCategory(RedisModuleCtx *ctx, const char *name)
// command.category-added, command.category-name, command.category-on-load, command.category-known,
// command.category-limit
int AddACLCategory(RedisModuleCtx* ctx, const char* name) noexcept {
  const int problem = ctx->host.AddAclCategory(*ctx->module, name);
  if (problem == 0) return REDISMODULE_OK;
  errno = problem;
  return REDISMODULE_ERR;
}

// int RedisModule_IsKeysPositionRequest(RedisModuleCtx *ctx)
// command.key-position-request, command.no-request
int IsKeysPositionRequest(RedisModuleCtx* ctx) noexcept {
  return ctx->kind == ContextKind::kKeyPositions;
}

// void RedisModule_KeyAtPosWithFlags(RedisModuleCtx *ctx, int pos, int flags)
// command.key-position-flags
void KeyAtPosWithFlags(RedisModuleCtx* ctx, int position, int flags) noexcept {
  constexpr int kFlags = (REDISMODULE_CMD_KEY_VARIABLE_FLAGS << 1) - 1;
  if (ctx->kind != ContextKind::kKeyPositions || position < 1) return;
  ctx->positions->push_back({position, flags & kFlags});
}

// void RedisModule_KeyAtPos(RedisModuleCtx *ctx, int pos)
// command.key-position-access, command.positions-below-one, command.positions-outside-request
void KeyAtPos(RedisModuleCtx* ctx, int position) noexcept {
  constexpr int kFullAccess =
      REDISMODULE_CMD_KEY_RW | REDISMODULE_CMD_KEY_ACCESS | REDISMODULE_CMD_KEY_UPDATE;
  KeyAtPosWithFlags(ctx, position, kFullAccess);
}

// int RedisModule_IsChannelsPositionRequest(RedisModuleCtx *ctx)
// command.channel-positions
int IsChannelsPositionRequest(RedisModuleCtx* ctx) noexcept {
  return ctx->kind == ContextKind::kChannelPositions;
}

// void RedisModule_ChannelAtPosWithFlags(RedisModuleCtx *ctx, int pos, int flags)
// command.channel-unsubscribe, command.channel-pattern
void ChannelAtPosWithFlags(RedisModuleCtx* ctx, int position, int flags) noexcept {
  if (ctx->kind != ContextKind::kChannelPositions || position < 1) return;
  ctx->positions->push_back({position, flags});
}

// int ValkeyModule_UpdateRuntimeArgs(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc)
// command.runtime-args
int UpdateRuntimeArgs(RedisModuleCtx* ctx, RedisModuleString** argv, int argc) noexcept {
  ctx->module->args.clear();
  for (int i = 1; i < argc; ++i) ctx->module->args.push_back(argv[i]->bytes);
  return REDISMODULE_OK;
}

// --- The functions of the first candidate of 7.0, which say a key spec in pieces.

int ChangeKeySpec(RedisModuleCommand* command, int index, const auto& change) {
  KeySpec* spec = command->description.key_spec(index);
  if (!spec) return REDISMODULE_ERR;
  change(*spec);
  command->description.DescribeRange();
  return REDISMODULE_OK;
}

// int RedisModule_AddCommandKeySpec(RedisModuleCommand *command, const char *specflags,
//                                   int *spec_id)
// command.candidate-functions
int AddCommandKeySpec(RedisModuleCommand* command, const char* flags, int* index) noexcept {
  const auto names = engine::KeyFlagNames();
  uint64_t bits = 0;
  for (std::string_view rest = OrEmpty(flags); !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    const auto name = std::find_if(names.begin(), names.end(), [&](std::string_view known) {
      return engine::CommandNameEqual{}(known, word);
    });
    if (name == names.end()) return REDISMODULE_ERR;
    bits |= uint64_t{1} << (name - names.begin());
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
  }
  *index = command->description.AddKeySpec(bits);
  return REDISMODULE_OK;
}

// int RedisModule_SetCommandKeySpecBeginSearchIndex(RedisModuleCommand *command, int spec_id,
//                                                   int index)
int SetCommandKeySpecBeginSearchIndex(RedisModuleCommand* command, int spec, int index) noexcept {
  return ChangeKeySpec(command, spec, [&](KeySpec& changed) {
    changed.begin_search = KeySpec::BeginSearch::kIndex;
    changed.index = index;
  });
}

// int RedisModule_SetCommandKeySpecBeginSearchKeyword(RedisModuleCommand *command, int spec_id,
//                                                     const char *keyword, int startfrom)
int SetCommandKeySpecBeginSearchKeyword(RedisModuleCommand* command, int spec, const char* keyword,
                                        int start_from) noexcept {
  return ChangeKeySpec(command, spec, [&](KeySpec& changed) {
    changed.begin_search = KeySpec::BeginSearch::kKeyword;
    changed.keyword = command->description.Keep(keyword);
    changed.start_from = start_from;
  });
}

// int RedisModule_SetCommandKeySpecFindKeysRange(RedisModuleCommand *command, int spec_id,
//                                                int lastkey, int keystep, int limit)
int SetCommandKeySpecFindKeysRange(RedisModuleCommand* command, int spec, int last_key,
                                   int key_step, int limit) noexcept {
  return ChangeKeySpec(command, spec, [&](KeySpec& changed) {
    changed.find_keys = KeySpec::FindKeys::kRange;
    changed.last_key = last_key;
    changed.key_step = key_step;
    changed.limit = limit;
  });
}

// int RedisModule_SetCommandKeySpecFindKeysKeynum(RedisModuleCommand *command, int spec_id,
//                                                 int keynumidx, int firstkey, int keystep)
int SetCommandKeySpecFindKeysKeynum(RedisModuleCommand* command, int spec, int key_num_index,
                                    int first_key, int key_step) noexcept {
  return ChangeKeySpec(command, spec, [&](KeySpec& changed) {
    changed.find_keys = KeySpec::FindKeys::kKeyNum;
    changed.key_num_index = key_num_index;
    changed.first_key = first_key;
    changed.key_step = key_step;
  });
}

const abi::ApiRow kRows[] = {
    API_ROW(CreateCommand),
    API_ROW(GetCommand),
    API_ROW(CreateSubcommand),
    API_ROW(SetCommandInfo),
    API_ROW(SetCommandACLCategories),
    API_ROW(AddACLCategory),
    API_ROW(IsKeysPositionRequest),
    API_ROW(KeyAtPosWithFlags),
    API_ROW(KeyAtPos),
    API_ROW(IsChannelsPositionRequest),
    API_ROW(ChannelAtPosWithFlags),
    API_ROW(UpdateRuntimeArgs),
    API_ROW(AddCommandKeySpec).Partial("which words it took for flags is not known"),
    API_ROW(SetCommandKeySpecBeginSearchIndex),
    API_ROW(SetCommandKeySpecBeginSearchKeyword),
    API_ROW(SetCommandKeySpecFindKeysRange),
    API_ROW(SetCommandKeySpecFindKeysKeynum),
};

}  // namespace

std::span<const abi::ApiRow> CommandRows() { return kRows; }

}  // namespace modcert::api
