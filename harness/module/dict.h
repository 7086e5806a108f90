// RedisModuleDict and its iterator: an ordered map from bytes to pointers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "redismodule_types.h"

// Keys are ordered as unsigned bytes, shorter first, as a radix tree orders them.
struct RedisModuleDict {
  std::map<std::string, void*, std::less<>> items;
  uint64_t change_count = 0;  // an iterator that stands on an older count looks itself up again
};

// `at` names the current element by its key, so that a change of the dictionary cannot leave the
// iterator dangling.
struct RedisModuleDictIter {
  RedisModuleDict* dict;
  // The element that Next or Prev gives next: items.end() is the end in both directions.
  std::map<std::string, void*, std::less<>>::iterator position = {};
  bool just_seeked = true;
  bool end = false;
  uint64_t change_count = 0;
  std::string key;  // of the current element: what DictNextC lends
};
