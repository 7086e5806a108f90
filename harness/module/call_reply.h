// RedisModuleCallReply: what Call answered, as a tree that the module walks.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "redismodule_types.h"
#include "resp/value.h"

namespace modcert::module {
struct CallPromise;
class Host;
}  // namespace modcert::module

// Made by Call; the handles of elements are made when asked for, belong to the root and end with
// it. `root` is null in the root itself, which alone owns a tree, and in attributes.
struct RedisModuleCallReply {
  modcert::module::Host& host;
  RedisModuleCtx* ctx = nullptr;  // whose automatic memory it is in; null when it is in none
  RedisModuleCallReply* root = nullptr;
  std::unique_ptr<modcert::resp::Value> tree;
  const modcert::resp::Value* value = nullptr;
  modcert::resp::Protocol protocol = modcert::resp::Protocol::kResp2;
  // The modifier X: simple strings and null arrays are types of their own.
  bool exact_kinds = false;
  // An attribute of another reply, as a map.
  bool is_attribute = false;
  // A real server reads the protocol when it is first asked for what it holds. Before, it knows of
  // no attribute, and of no RESP3.
  bool parsed = false;
  // Raw protocol of this node, encoded when CallReplyProto asks.
  std::string proto = {};
  // The handles of the children, by index; of the root: every handle made below it, too.
  std::map<size_t, RedisModuleCallReply*> elements = {};
  RedisModuleCallReply* attribute = nullptr;
  std::vector<RedisModuleCallReply*> descendants = {};
  // A command that has blocked: then there is no value yet.
  std::shared_ptr<modcert::module::CallPromise> promise = {};
  // The errors that the command caused, for the statistics of whoever gets the reply in the end.
  std::vector<std::string> errors = {};
};
