// Which server versions a spec file is for, and in which of them it runs.
#pragma once

#include <string_view>

namespace modcert::run {

// Whether "redis-7.0" is among what ">=redis-4.0" names. A relation to a version of Redis asks a
// Valkey for the Redis that it came from, 7.2; an equation, or a version of Valkey, is about that
// server alone.
bool ProfileAllows(std::string_view wanted, std::string_view actual);

// The profile to imitate for a file that is for `wanted`, when nobody chose one: the default when
// it is among them, or else the one next to it. Empty when the host imitates none of them.
std::string_view ProfileFor(std::string_view wanted);

}  // namespace modcert::run
