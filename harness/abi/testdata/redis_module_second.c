/* The second file of redis_module.c: declares the pointers and defines none. */
#define REDISMODULE_API extern
#include "redismodule.h"

void* PointersSeenBySecondFile(void);
void* PointersSeenBySecondFile(void) { return (void*)&RedisModule_GetClientId; }
