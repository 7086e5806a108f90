// RedisModuleDict and its iterator: an ordered map from bytes to pointers.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "redismodule_types.h"

namespace modcert::module {
class Host;
}

// Keys are ordered as unsigned bytes, shorter first, as a radix tree orders them.
struct RedisModuleDict {
  modcert::module::Host& host;
  std::map<std::string, void*, std::less<>> items = {};
};

// Names its element by the key, so that a change of the dictionary cannot leave it dangling.
struct RedisModuleDictIter {
  RedisModuleDict* dict;
  std::string key = {};     // of the current element: what DictNextC lends
  bool just_seeked = true;  // Next and Prev give the current element first
  bool end = true;          // no current element, in both directions, until a seek
};
