// Miscellaneous APIs: what the server is and has, and what can be told of a command line.
// ModuleTypeReplaceValue stands with the other functions of data types.

#include <algorithm>
#include <cerrno>

#include "abi/constants.h"
#include "api/rows.h"
#include "base/require.h"
#include "engine/commands/known_command.h"
#include "module/host.h"

namespace modcert::api {
namespace {

using engine::Command;
using engine::KeyPosition;
using module::CurrentHost;

const abi::Profile& CurrentProfile() {
  const module::Host* host = CurrentHost();
  return host ? host->api.profile() : abi::DefaultProfile();
}

// server.all-flags: every bit below the first that is not used yet, with a meaning or not.
int AllBelow(const abi::Constant& next) {
  return static_cast<int>(abi::ValueIn(next, CurrentProfile()).value_or(1)) - 1;
}

// int RedisModule_GetContextFlagsAll(void)
int GetContextFlagsAll() noexcept { return AllBelow(abi::constant::kCtxFlagsNext); }

// int RedisModule_GetModuleOptionsAll(void)
int GetModuleOptionsAll() noexcept { return AllBelow(abi::constant::kOptionsFlagsNext); }

// int RedisModule_GetKeyspaceNotificationFlagsAll(void)
int GetKeyspaceNotificationFlagsAll() noexcept { return AllBelow(abi::constant::kNotifyNext); }

// int RedisModule_GetServerVersion(void)
int GetServerVersion() noexcept { return CurrentProfile().version.number(); }

// int RedisModule_GetTypeMethodVersion(void)
int GetTypeMethodVersion() noexcept {
  return static_cast<int>(
      abi::ValueIn(abi::constant::kTypeMethodVersion, CurrentProfile()).value_or(1));
}

// The commands whose keys a server finds by code of their own tell how each is used; those of all
// others come without flags here, although COMMAND knows them.
bool TellsFlags(const Command& command) {
  constexpr std::string_view kNames[] = {"set", "sort", "sort_ro", "migrate", "bitfield"};
  return command.key_positions ||
         std::find(std::begin(kNames), std::end(kNames), command.name) != std::end(kNames);
}

// getkeys.flags
int FlagsOf(const Command& command, const KeyPosition& key) {
  return TellsFlags(command) ? static_cast<int>(key.flags) : 0;
}

// getkeys.order: the keys that are counted stand before the one that they are stored in, and
// of several places to store in only the last one counts.
std::vector<KeyPosition> KeysOf(const Command& command, std::span<const std::string> args) {
  std::vector<KeyPosition> keys =
      engine::KeyPositions(command, args).value_or(std::vector<KeyPosition>());
  const auto& specs = command.facts->key_specs;
  const bool stores_first =
      specs.size() > 1 && specs[1].find_keys == engine::KeySpec::FindKeys::kKeyNum;
  if (stores_first && !keys.empty()) std::rotate(keys.begin(), keys.begin() + 1, keys.end());
  if (command.name.starts_with("georadius") && keys.size() > 2)
    keys.erase(keys.begin() + 1, keys.end() - 1);
  return keys;
}

bool TakesSoMany(const Command& command, int argc) {
  const int arity = command.facts->arity;
  return arity >= 0 ? argc == arity : argc >= -arity;
}

// An array of numbers in memory of the module, which frees it.
int* NewNumbers(const RedisModuleCtx* ctx, size_t count) {
  // Only a context made without a blocked client has no module.
  module::Module* module = ctx->module ? ctx->module : module::CurrentModule();
  Require(module != nullptr, "the memory is a module's");
  return static_cast<int*>(module->heap.Alloc(count * sizeof(int)));
}

// int *RedisModule_GetCommandKeysWithFlags(RedisModuleCtx *ctx, RedisModuleString **argv, int argc,
//                                          int *num_keys, int **out_flags)
int* GetCommandKeysWithFlags(RedisModuleCtx* ctx, RedisModuleString** argv, int argc,
                             int* key_count, int** flags) noexcept {
  const engine::Server& server = ctx->host.server;
  engine::Args args;
  for (int i = 0; i < argc; ++i) args.push_back(argv[i]->bytes);
  const std::optional<Command> command = engine::KnownCommand(server.commands, args);
  if (!command) {
    errno = ENOENT;  // getkeys.unknown-command
    return nullptr;
  }
  // getkeys.none: found out before the arguments are counted.
  if (command->facts->key_specs.empty() && !command->key_positions) {
    errno = 0;
    return nullptr;
  }
  if (!TakesSoMany(*command, argc)) {
    errno = EINVAL;  // getkeys.wrong-arity
    return nullptr;
  }
  const std::vector<KeyPosition> keys = KeysOf(*command, args);
  *key_count = static_cast<int>(keys.size());
  if (keys.empty()) {
    errno = 0;
    return nullptr;
  }
  int* positions = NewNumbers(ctx, keys.size());
  if (flags) *flags = NewNumbers(ctx, keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    positions[i] = keys[i].position;
    if (flags) (*flags)[i] = FlagsOf(*command, keys[i]);
  }
  return positions;
}

// int *RedisModule_GetCommandKeys(RedisModuleCtx *ctx, RedisModuleString **argv, int argc,
//                                 int *num_keys)
int* GetCommandKeys(RedisModuleCtx* ctx, RedisModuleString** argv, int argc,
                    int* key_count) noexcept {
  return GetCommandKeysWithFlags(ctx, argv, argc, key_count, nullptr);
}

// const char *RedisModule_GetCurrentCommandName(RedisModuleCtx *ctx)
const char* GetCurrentCommandName(RedisModuleCtx* ctx) noexcept {
  if (!ctx) return nullptr;
  if (ctx->call) return ctx->call->command.name.c_str();
  // A client of the host's own runs no command.
  if (!ctx->client || ctx->client->last_command.empty()) return nullptr;
  return ctx->client->last_command.c_str();
}

const abi::ApiRow kRows[] = {
    API_ROW(GetContextFlagsAll),
    API_ROW(GetModuleOptionsAll),
    API_ROW(GetKeyspaceNotificationFlagsAll),
    API_ROW(GetServerVersion),
    API_ROW(GetTypeMethodVersion),
    API_ROW(GetCommandKeysWithFlags),
    API_ROW(GetCommandKeys),
    API_ROW(GetCurrentCommandName),
};

}  // namespace

std::span<const abi::ApiRow> MiscellaneousRows() { return kRows; }

}  // namespace modcert::api
