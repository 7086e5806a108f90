// RedisModuleConfigIterator: the names of parameters, one after the other (8.2).
#pragma once

#include <string>
#include <vector>

#include "redismodule_types.h"

// Made by ConfigIteratorCreate; ends with ConfigIteratorRelease, or its context's memory.
struct RedisModuleConfigIterator {
  std::vector<std::string> names;
  size_t next = 0;
};
