// RedisModuleCommandFilter, and the view of a command line that filters get.
#pragma once

#include <vector>

#include "engine/client.h"
#include "redismodule_types.h"

namespace modcert::module {
class Host;
class Module;
}  // namespace modcert::module

// Lives until it is unregistered or its module goes.
struct RedisModuleCommandFilter {
  modcert::module::Host& host;
  modcert::module::Module& module;
  RedisModuleCommandFilterFunc callback;
  int flags;
  int engine_handle;
};

// Lives during one call of a filter. A filter may insert, replace and delete arguments.
struct RedisModuleCommandFilterCtx {
  modcert::module::Host& host;
  std::vector<RedisModuleString*> args;
  uint64_t client_id = 0;
};
