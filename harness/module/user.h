// RedisModuleUser: whom a module acts for (Call with the modifier C), or logs clients in as.
#pragma once

#include <memory>

#include "engine/acl_user.h"
#include "redismodule_types.h"

// Made by CreateModuleUser, whose user is in no list of the server's, or by
// GetModuleUserFromUserName, whose user is one of the server's. Lives until FreeModuleUser.
struct RedisModuleUser {
  modcert::engine::AclUser* user;
  std::unique_ptr<modcert::engine::AclUser> own = {};  // CreateModuleUser only: `user` is this one
};
