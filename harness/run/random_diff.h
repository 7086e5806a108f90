// Two targets are given the same random commands; every reply and, from time to time, the digest of
// all data must agree.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "target/target.h"

namespace modcert::run {

struct RandomDiffResult {
  int64_t commands_run = 0;
  // The first difference, as text: the command, both replies, and the commands before it. Nothing
  // when the two agree.
  std::optional<std::string> difference;
};

struct RandomDiffOptions {
  int64_t count = 0;
  uint64_t seed = 1;
  std::vector<std::string> groups;  // of random_templates.h; none: all
};

// Runs `count` commands of the sequence that seed and groups give. Several clients take turns, half
// of them in RESP3; some wait for each other in blocking commands, some subscribe, some vanish.
// Time passes where a command asks for it. Fails when a target cannot be used.
Result<RandomDiffResult> DiffRandom(target::Target& left, target::Target& right,
                                    const RandomDiffOptions& options);

}  // namespace modcert::run
