// Why Call does not run a command: errno, and the text of the error that the modifier E asks for.
#pragma once

#include <optional>
#include <string>

#include "abi/profile.h"
#include "engine/acl_user.h"
#include "engine/command.h"
#include "module/call.h"

namespace modcert::module {

struct CallRefusal {
  int number;
  std::string text;  // with its code; empty: never an error reply
};

// Whom the modifier C stands for: the user of SetContextUser, or else that of the context's client.
// Null when there is none, or when C is not given.
engine::AclUser* UserOf(const RedisModuleCtx& ctx, const CallModifiers& modifiers);

// Before the command is looked at: its user (C) and its format.
std::optional<CallRefusal> RefusalOfRequest(const RedisModuleCtx& ctx, const CallRequest& request);

// Everything else, in the order in which a real server looks. `client` is the one that the command
// would run with; `command` is null when there is none of that name.
std::optional<CallRefusal> RefusalOfCommand(const RedisModuleCtx& ctx, engine::Client& client,
                                            const engine::Command* command,
                                            const CallRequest& request);

}  // namespace modcert::module
