// RedisModuleIO, RedisModuleDigest and RedisModuleKeyOptCtx: what the callbacks of a data type get.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "engine/value/opaque.h"
#include "redismodule_types.h"

namespace modcert::module {
class Host;
class Module;
}  // namespace modcert::module

// Lives during one callback. Exactly one of `reader`, `writer` and `emit` is set.
struct RedisModuleIO {
  modcert::module::Host* host;
  modcert::module::Module* module;  // whose callback it is
  modcert::engine::rdb::Reader* reader = nullptr;
  modcert::engine::rdb::Writer* writer = nullptr;
  const std::function<void(std::vector<std::string>)>* emit = nullptr;  // of an AOF rewrite
  int db = -1;
  RedisModuleString* key = nullptr;  // null when the key is not known
  RedisModuleCtx* ctx = nullptr;     // made by GetContextFromIO
  size_t bytes = 0;
  bool error = false;        // a read or write failed; every later one fails as well
  std::string error_text{};  // what failed first
};

// Elements are mixed in one by one; EndSequence closes an ordered group.
struct RedisModuleDigest {
  modcert::engine::Digest* digest;
  RedisModuleString* key = nullptr;
  int db = -1;
};

// Names the keys that mem_usage2, free_effort2, unlink2 and copy2 are about.
struct RedisModuleKeyOptCtx {
  RedisModuleString* from_key = nullptr;
  RedisModuleString* to_key = nullptr;
  int from_db = -1;
  int to_db = -1;
};
