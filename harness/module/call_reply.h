// RedisModuleCallReply: what Call answered, as a tree that the module walks.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "redismodule_types.h"
#include "resp/value.h"

// Made by Call; the handles of elements are made when asked for, belong to the root and end with
// it. `root` is null in the root itself, which alone owns a tree.
struct RedisModuleCallReply {
  RedisModuleCtx* ctx = nullptr;  // whose automatic memory it is in; may be null
  RedisModuleCallReply* root = nullptr;
  std::unique_ptr<modcert::resp::Value> tree;
  const modcert::resp::Value* value = nullptr;
  modcert::resp::Protocol protocol = modcert::resp::Protocol::kResp2;
  // Raw protocol of this node, encoded when CallReplyProto asks.
  std::string proto = {};
  // The handles of the children, by index; of the root: every handle made below it, too.
  std::map<size_t, RedisModuleCallReply*> elements = {};
  std::vector<RedisModuleCallReply*> descendants = {};
};
