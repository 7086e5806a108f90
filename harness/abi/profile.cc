// The table of profiles. Adding a server version means one row here, once the data covers it.
#include "abi/profile.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

namespace modcert::abi {
namespace {

constexpr ServerKind kRedis = ServerKind::kRedis;
constexpr ServerKind kValkey = ServerKind::kValkey;
// Every Valkey calls itself this in redis_version.
constexpr Version kCompatible = {7, 2, 4};

constexpr Profile kProfiles[] = {
    {"redis-4.0", kRedis, {4, 0, 14}, {4, 0, 14}},
    {"redis-5.0", kRedis, {5, 0, 14}, {5, 0, 14}},
    {"redis-6.0", kRedis, {6, 0, 20}, {6, 0, 20}},
    {"redis-6.2", kRedis, {6, 2, 14}, {6, 2, 14}},
    {"redis-7.0", kRedis, {7, 0, 15}, {7, 0, 15}},
    {"redis-7.2", kRedis, {7, 2, 6}, {7, 2, 6}},
    {"redis-7.4", kRedis, {7, 4, 1}, {7, 4, 1}},
    {"redis-8.0", kRedis, {8, 0, 0}, {8, 0, 0}},
    {"redis-8.2", kRedis, {8, 2, 0}, {8, 2, 0}},
    {"redis-8.4", kRedis, {8, 4, 1}, {8, 4, 1}},
    {"redis-8.6", kRedis, {8, 6, 0}, {8, 6, 0}},
    {"redis-8.8", kRedis, {8, 8, 0}, {8, 8, 0}},
    {"redis-8.10", kRedis, {8, 10, 0}, {8, 10, 0}},
    {"valkey-7.2", kValkey, {7, 2, 13}, kCompatible},
    {"valkey-8.0", kValkey, {8, 0, 0}, kCompatible},
    {"valkey-8.1", kValkey, {8, 1, 5}, kCompatible},
    {"valkey-9.0", kValkey, {9, 0, 1}, kCompatible},
    {"valkey-9.1", kValkey, {9, 1, 0}, kCompatible},
};

const Profile* FindProfile(std::string_view name) {
  const auto* found = std::ranges::find(kProfiles, name, &Profile::name);
  return found == std::end(kProfiles) ? nullptr : found;
}

}  // namespace

std::string Version::ToString() const { return fmt::format("{}.{}.{}", major, minor, patch); }

bool AtLeast(const Profile& profile, const Version& redis) {
  return profile.redis_version >= redis;
}

bool IsValkey(const Profile& profile) { return profile.kind == kValkey; }

bool ValkeyAtLeast(const Profile& profile, const Version& valkey) {
  return IsValkey(profile) && profile.version >= valkey;
}

std::span<const Profile> AllProfiles() { return kProfiles; }

const Profile& DefaultProfile() { return *FindProfile("redis-7.0"); }

Result<const Profile*> ParseProfile(std::string_view name) {
  if (const Profile* profile = FindProfile(name)) return profile;
  std::vector<std::string_view> names;
  for (const Profile& profile : kProfiles) names.push_back(profile.name);
  return Fail("--profile", fmt::format("unknown server version '{}'", name),
              fmt::format("choose one of {}", fmt::join(names, ", ")));
}

}  // namespace modcert::abi
