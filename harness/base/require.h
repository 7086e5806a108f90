// Stops the process when modcert itself is wrong: a broken invariant of ours, never bad input.
#pragma once

namespace modcert {

// Prints file, line and text to standard error and aborts. Safe to call from any thread.
[[noreturn]] void RequirementFailed(const char* file, int line, const char* text);

// Checks an invariant of modcert. The default arguments name the caller's place.
inline void Require(bool condition, const char* text = "internal invariant",
                    const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  if (!condition) [[unlikely]]
    RequirementFailed(file, line, text);
}

}  // namespace modcert
