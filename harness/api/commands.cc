// Commands API.

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

using module::ContextKind;

// int RedisModule_CreateCommand(RedisModuleCtx *ctx, const char *name, RedisModuleCmdFunc cmdfunc,
//                               const char *strflags, int firstkey, int lastkey, int keystep)
int CreateCommand(RedisModuleCtx* ctx, const char* name, RedisModuleCmdFunc run, const char* flags,
                  int first_key, int last_key, int key_step) noexcept {
  const bool added = ctx->host.AddCommand(*ctx->module, name, run, flags ? flags : "", first_key,
                                          last_key, key_step);
  return added ? REDISMODULE_OK : REDISMODULE_ERR;
}

// int RedisModule_IsKeysPositionRequest(RedisModuleCtx *ctx)
int IsKeysPositionRequest(RedisModuleCtx* ctx) noexcept {
  return ctx->kind == ContextKind::kKeyPositions;
}

// void RedisModule_KeyAtPos(RedisModuleCtx *ctx, int pos)
void KeyAtPos(RedisModuleCtx* ctx, int position) noexcept {
  if (ctx->kind != ContextKind::kKeyPositions || position < 1) return;
  constexpr int kFullAccess =
      REDISMODULE_CMD_KEY_RW | REDISMODULE_CMD_KEY_ACCESS | REDISMODULE_CMD_KEY_UPDATE;
  ctx->key_positions->push_back({position, kFullAccess});
}

const abi::ApiRow kRows[] = {
    API_ROW(CreateCommand),
    API_ROW(IsKeysPositionRequest),
    API_ROW(KeyAtPos),
};

}  // namespace

std::span<const abi::ApiRow> CommandRows() { return kRows; }

}  // namespace modcert::api
