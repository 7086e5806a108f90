// RedisModuleCommand: what stands behind a command or subcommand that a module registered.
#pragma once

#include <string>
#include <string_view>

#include "engine/command.h"
#include "module/command_description.h"
#include "redismodule_types.h"

namespace modcert::module {

class Host;
class Module;

// What a module says of a command when it registers it; lives as long as the call.
struct NewCommand {
  std::string_view name;
  RedisModuleCmdFunc run;  // null: a container for subcommands
  std::string_view flags;
  int first_key;
  int last_key;
  int key_step;
};

}  // namespace modcert::module

// Made by Host::AddCommand and AddSubcommand, handed out by GetCommand; ends with its module. The
// engine's command refers to it.
struct RedisModuleCommand {
  modcert::module::Host& host;
  modcert::module::Module& module;
  RedisModuleCmdFunc run;
  RedisModuleCommand* parent;  // of a subcommand
  modcert::engine::Command* command;
  modcert::module::CommandDescription description;
};
