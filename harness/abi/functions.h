// Every function that a module can resolve by name in any release of Redis or Valkey: facts only,
// whether or not the host implements it. The table is generated from data/functions.json, sorted by
// name, and lives as long as the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "abi/profile.h"

namespace modcert::abi {

struct Function {
  std::string_view name;       // without prefix: "DeleteKey"
  std::string_view section;    // of the Module API reference
  std::string_view signature;  // "int RedisModule_DeleteKey(RedisModuleKey *key)"
  // First release in which the name resolves; none for a server that never had it.
  std::optional<Version> redis;
  std::optional<Version> valkey;
  // Later releases of Redis that lack the name again.
  std::span<const Version> missing_in_redis;
  bool variadic = false;
  // Valkey has a function of this name that takes other arguments.
  bool differs_in_valkey = false;
};

// All functions, by name. The place in this list is the function's index everywhere else
// (published::DeleteKey::kIndex, ApiRow::function).
std::span<const Function> AllFunctions();

// The function of that name, without prefix; null for a name that no release knows.
const Function* Find(std::string_view name);

// The place of a function of AllFunctions() in it.
size_t IndexOf(const Function& function);

// Whether the name resolves in that release, or in the release that a profile imitates.
bool AvailableIn(const Function& function, ServerKind kind, const Version& version);
bool AvailableIn(const Function& function, const Profile& profile);

// "DeleteKey" for "RedisModule_DeleteKey"; for a Valkey also for "ValkeyModule_DeleteKey". Empty
// for a name that such a server does not look up.
std::string_view WithoutPrefix(std::string_view full_name, ServerKind kind);

// The oldest release of that server which has all these functions (names without prefix); none when
// no release has them all.
std::optional<Version> FirstServerWithAll(std::span<const std::string_view> names, ServerKind kind);

}  // namespace modcert::abi
