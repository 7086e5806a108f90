// RedisModuleString: bytes with a count of references.
#pragma once

#include <string>

#include "redismodule_types.h"

// Made with Host::NewString. Ends when the last reference goes (Host::ReleaseString).
struct RedisModuleString {
  std::string bytes;
  int references = 1;
};
