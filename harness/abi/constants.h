// The constants of the Module API as each release has them: values that grew (the masks of the
// ...All functions), that came late, or that mean one thing in Redis and another in Valkey. This is
// the one place where the profile decides; who compares a constant of redismodule_types.h with what
// a module passes, without asking here, treats all servers alike.
//
// The table is generated from data/constants.json. A constant is named without its prefix, in camel
// case: REDISMODULE_CTX_FLAGS_DEBUG_ENABLED is constant::kCtxFlagsDebugEnabled. What is no number
// (HASH_DELETE, the names of log levels) is not in it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "abi/profile.h"

namespace modcert::abi {

struct Constant {
  // From that release on; the last that is not later than the server counts.
  struct Value {
    Version since;
    int64_t value;
  };
  std::string_view name;         // "REDISMODULE_READ"; what only Valkey has keeps its own spelling
  std::span<const Value> redis;  // empty: no release of Redis has it
  std::span<const Value> valkey;
  std::optional<Version> redis_until;  // the first release that lacks it again
};

// The value in that server; none where it has no such constant.
std::optional<int64_t> ValueIn(const Constant& constant, const Profile& profile);

// The same for a flag, to be combined with others: 0 where the server has none.
int64_t FlagIn(const Constant& constant, const Profile& profile);

// All of them, by name of the data.
std::span<const Constant* const> AllConstants();

}  // namespace modcert::abi

#include "abi/constant_table.h"
