// A module in C++.
#include "redismodule.h"

#include "abi/redismodule_layout.h"

extern "C" __attribute__((visibility("default"))) int RedisModule_OnLoad(RedisModuleCtx* ctx,
                                                                         RedisModuleString**, int) {
  if (RedisModule_Init(ctx, "redis_module_cc", 7, REDISMODULE_APIVER_1) == REDISMODULE_ERR)
    return REDISMODULE_ERR;
  RedisModuleClientInfo info = REDISMODULE_CLIENTINFO_INITIALIZER_V1;
  return info.version == 1 && RedisModuleEvent_FlushDB.id == 2 ? REDISMODULE_OK : REDISMODULE_ERR;
}
