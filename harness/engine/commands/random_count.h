// The count of HRANDFIELD, ZRANDMEMBER and SRANDMEMBER, and a sample of distinct elements.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/random.h"
#include "engine/reply.h"

namespace modcert::engine {

class CommandCall;

// [count [extra]]: a negative count asks for that many elements with repetition.
struct RandomCount {
  bool given = false;
  bool repeat = false;
  bool with_extra = false;
  size_t count = 1;
};

// Reads the arguments behind the key. `extra` is WITHVALUES or WITHSCORES, or empty where the
// command has no such option. Returns the error to answer with, or nothing.
std::optional<Reply> ParseRandomCount(const CommandCall& call, std::string_view extra,
                                      RandomCount& wanted);

// Chooses `count` of `size` elements, each choice equally likely, while the caller walks over them.
class DistinctSample {
 public:
  DistinctSample(Random& random, size_t size, size_t count)
      : random_(random), left_(size), wanted_(count < size ? count : size) {}

  // Call once for each element, in order: whether this one is chosen.
  bool Take() {
    const bool take = wanted_ > 0 && random_.Below(left_) < wanted_;
    --left_;
    if (take) --wanted_;
    return take;
  }

 private:
  Random& random_;
  size_t left_;
  size_t wanted_;
};

}  // namespace modcert::engine
