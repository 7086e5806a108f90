// RedisModuleRdbStream: where RdbSave writes to and RdbLoad reads from.
#pragma once

#include <string>

#include "redismodule_types.h"

// Made by RdbStreamCreateFromFile; nothing is opened before it is used.
struct RedisModuleRdbStream {
  std::string file_name;
};
