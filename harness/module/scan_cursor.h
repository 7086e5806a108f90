// RedisModuleScanCursor: how far a scan of the keyspace or of a key has come.
#pragma once

#include <cstdint>

#include "redismodule_types.h"

namespace modcert::module {
class Host;
}

struct RedisModuleScanCursor {
  modcert::module::Host& host;
  uint64_t next = 0;  // as OrderedDict counts; 0 begins
  uint64_t end = 0;   // of the keyspace: keys that are added while it is scanned come behind it
  bool done = false;
};
