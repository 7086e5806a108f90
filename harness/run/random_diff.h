// Two targets are given the same random commands; every reply and, from time to time, the digest of
// all data must agree.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "target/target.h"

namespace modcert::run {

struct RandomDiffResult {
  int64_t commands_run = 0;
  // The first difference, as text: the command, both replies, and the commands before it. Nothing
  // when the two agree.
  std::optional<std::string> difference;
};

// Runs `count` commands of the sequence that `seed` gives. Two clients take turns, one in RESP2 and
// one in RESP3. Fails when a target cannot be used.
Result<RandomDiffResult> DiffRandom(target::Target& left, target::Target& right, int64_t count,
                                    uint64_t seed);

}  // namespace modcert::run
