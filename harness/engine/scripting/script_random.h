// math.random and math.randomseed as scripts have them: the same numbers in every run.
#pragma once

#include <cstdint>

struct lua_State;

namespace modcert::engine::scripting {

// The 48-bit generator of POSIX (srand48, lrand48), of which the sequence is defined. Owned by
// Scripting: scripts and functions draw from the same one, and only math.randomseed resets it.
class ScriptRandom {
 public:
  void Seed(int32_t seed) {
    state_ = (static_cast<uint64_t>(static_cast<uint32_t>(seed)) << 16) | 0x330E;
  }
  // 0 .. 2^31 - 1
  int32_t Next() {
    state_ = (state_ * 0x5DEECE66D + 0xB) & 0xFFFFFFFFFFFF;
    return static_cast<int32_t>(state_ >> 17);
  }

 private:
  uint64_t state_ = 0x1234ABCD330E;  // where a generator begins that nobody has seeded
};

// Puts both functions into the table on top of the stack.
void InstallRandom(lua_State* lua);

}  // namespace modcert::engine::scripting
