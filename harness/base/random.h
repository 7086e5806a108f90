// A small seeded generator: the same seed gives the same numbers on every machine and with every
// standard library (the distributions of <random> promise neither). Not for secrets.
#pragma once

#include <cstdint>

#include "base/require.h"

namespace modcert {

// SplitMix64. Owned by whoever needs chance; never shared between threads, never global.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  // Any 64-bit number.
  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  // 0 .. bound-1, each equally likely. `bound` is at least 1.
  uint64_t Below(uint64_t bound) {
    Require(bound > 0, "Random::Below needs a bound of at least 1");
    // Numbers under the remainder of 2^64 / bound would make small results likelier: draw again.
    const uint64_t threshold = (0 - bound) % bound;
    uint64_t number = Next();
    while (number < threshold) number = Next();
    return number % bound;
  }

  // low .. high, both included; low <= high.
  int64_t Between(int64_t low, int64_t high) {
    Require(low <= high, "Random::Between needs low <= high");
    const uint64_t span = static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + 1;
    const uint64_t offset = span == 0 ? Next() : Below(span);
    return static_cast<int64_t>(static_cast<uint64_t>(low) + offset);
  }

  // True once in `n` draws on average.
  bool OneIn(uint64_t n) { return Below(n) == 0; }

  // 0 <= result < 1.
  double Fraction() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

  // A generator for a part of the work, so that one part's draws do not shift those of another.
  Random Fork() { return Random(Next()); }

 private:
  uint64_t state_;
};

}  // namespace modcert
