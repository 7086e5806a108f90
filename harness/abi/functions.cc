// Questions about the generated table of functions.
#include "abi/functions.h"

#include <algorithm>
#include <vector>

#include "abi/function_table.h"

namespace modcert::abi {
namespace {

// FNV-1a, as generate_tables.py computes it for kSlots. A module asks for some 400 names when it is
// loaded, and a world is loaded for every scenario.
constexpr uint32_t Hash(std::string_view text) {
  uint32_t hash = 2166136261u;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

std::optional<Version> Since(const Function& function, ServerKind kind) {
  return kind == ServerKind::kRedis ? function.redis : function.valkey;
}

bool LackedBy(const Function& function, ServerKind kind, const Version& version) {
  return kind == ServerKind::kRedis &&
         std::ranges::find(function.missing_in_redis, version) != function.missing_in_redis.end();
}

}  // namespace

std::span<const Function> AllFunctions() { return kFunctions; }

const Function* Find(std::string_view name) {
  for (size_t slot = Hash(name) % std::size(kSlots);; slot = (slot + 1) % std::size(kSlots)) {
    if (kSlots[slot] == kEmptySlot) return nullptr;
    const Function& function = kFunctions[kSlots[slot]];
    if (function.name == name) return &function;
  }
}

size_t IndexOf(const Function& function) { return static_cast<size_t>(&function - kFunctions); }

bool AvailableIn(const Function& function, ServerKind kind, const Version& version) {
  std::optional<Version> since = Since(function, kind);
  return since && version >= *since && !LackedBy(function, kind, version);
}

bool AvailableIn(const Function& function, const Profile& profile) {
  return AvailableIn(function, profile.kind, profile.version);
}

std::string_view WithoutPrefix(std::string_view full_name, ServerKind kind) {
  constexpr std::string_view kRedisPrefix = "RedisModule_";
  constexpr std::string_view kValkeyPrefix = "ValkeyModule_";
  if (full_name.starts_with(kRedisPrefix)) return full_name.substr(kRedisPrefix.size());
  if (kind == ServerKind::kValkey && full_name.starts_with(kValkeyPrefix))
    return full_name.substr(kValkeyPrefix.size());
  return {};
}

std::optional<Version> FirstServerWithAll(std::span<const std::string_view> names,
                                          ServerKind kind) {
  Version first = kind == ServerKind::kRedis ? Version{4, 0, 0} : Version{7, 2, 5};
  std::vector<const Function*> functions;
  for (std::string_view name : names) {
    const Function* function = Find(name);
    if (!function || !Since(*function, kind)) return std::nullopt;
    functions.push_back(function);
    first = std::max(first, *Since(*function, kind));
  }
  auto lacked = [&](const Function* function) { return LackedBy(*function, kind, first); };
  while (std::ranges::any_of(functions, lacked)) ++first.patch;
  return first;
}

}  // namespace modcert::abi
