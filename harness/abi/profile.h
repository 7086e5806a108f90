// The server versions that the host can imitate. A profile decides which API functions resolve, and
// what INFO and GetServerVersion say. Profiles live as long as the program.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace modcert::abi {

enum class ServerKind : uint8_t { kRedis, kValkey };

// A release: 7.0.15.
struct Version {
  int major = 0;
  int minor = 0;
  int patch = 0;

  auto operator<=>(const Version&) const = default;
  std::string ToString() const;
  // As RedisModule_GetServerVersion answers: 0x0007000f.
  int number() const { return major << 16 | minor << 8 | patch; }
};

struct Profile {
  std::string_view name;  // "redis-7.0"
  ServerKind kind;
  // The newest patch release of the line that the data covers; in Valkey its own version, not the
  // one it claims to be compatible with.
  Version version;
  // What INFO reports as redis_version: Valkey names the Redis release that it is compatible with.
  Version redis_version;

  std::string_view server_name() const { return kind == ServerKind::kRedis ? "redis" : "valkey"; }
};

// Whether the server behaves as Redis does from that release on. A Valkey is asked for the Redis it
// came from, 7.2.4: it has all that changed up to there, and what came later only where Valkey is
// named.
bool AtLeast(const Profile& profile, const Version& redis);
bool IsValkey(const Profile& profile);
// A Valkey of that release or a later one.
bool ValkeyAtLeast(const Profile& profile, const Version& valkey);

// All profiles: Redis, oldest first, then Valkey, oldest first.
std::span<const Profile> AllProfiles();

// redis-7.0: the version that can be compared with a real server on every machine.
const Profile& DefaultProfile();

// The profile called "redis-7.0", or an error that lists the names there are.
Result<const Profile*> ParseProfile(std::string_view name);

}  // namespace modcert::abi
