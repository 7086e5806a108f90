/* A module in C, in two files (redis_module_second.c) which share the pointers of the header. */
#include "redismodule.h"

#include "abi/redismodule_layout.h"

#define EXPORTED __attribute__((visibility("default")))

void* PointersSeenBySecondFile(void);

EXPORTED int RedisModule_OnLoad(RedisModuleCtx* ctx, RedisModuleString** argv, int argc);
EXPORTED int RedisModule_OnLoad(RedisModuleCtx* ctx, RedisModuleString** argv, int argc) {
  REDISMODULE_NOT_USED(argv);
  REDISMODULE_NOT_USED(argc);
  if (RedisModule_Init(ctx, "redis_module", 7, REDISMODULE_APIVER_1) == REDISMODULE_ERR)
    return REDISMODULE_ERR;
  RedisModule_Assert(ctx != NULL);
  if (!RMAPI_FUNC_SUPPORTED(RedisModule_GetClientId)) return REDISMODULE_ERR;
  /* 7.2: the test loads this module into a 7.0. */
  if (RMAPI_FUNC_SUPPORTED(RedisModule_ReplyWithErrorFormat)) return REDISMODULE_ERR;
  if (PointersSeenBySecondFile() != (void*)&RedisModule_GetClientId) return REDISMODULE_ERR;
  RedisModuleClientInfo info = REDISMODULE_CLIENTINFO_INITIALIZER_V1;
  RedisModuleCommandInfo command = {.version = REDISMODULE_COMMAND_INFO_VERSION};
  if (info.version != 1 || command.version->sizeof_arg != sizeof(RedisModuleCommandArg))
    return REDISMODULE_ERR;
  return RedisModule_IsAOFClient(UINT64_MAX) ? REDISMODULE_OK : REDISMODULE_ERR;
}
