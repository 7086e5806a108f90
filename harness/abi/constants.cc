#include "abi/constants.h"

namespace modcert::abi {

std::optional<int64_t> ValueIn(const Constant& constant, const Profile& profile) {
  const bool is_redis = profile.kind == ServerKind::kRedis;
  if (is_redis && constant.redis_until && profile.version >= *constant.redis_until)
    return std::nullopt;
  std::optional<int64_t> value;
  for (const Constant::Value& row : is_redis ? constant.redis : constant.valkey)
    if (row.since <= profile.version) value = row.value;
  return value;
}

int64_t FlagIn(const Constant& constant, const Profile& profile) {
  return ValueIn(constant, profile).value_or(0);
}

std::span<const Constant* const> AllConstants() { return kAllConstants; }

}  // namespace modcert::abi
