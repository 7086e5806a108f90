// The part that EVAL and FCALL share: numkeys [key ...] [arg ...].
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/command_call.h"

namespace modcert::engine {

// Views into the arguments of the call.
struct ScriptKeys {
  std::span<const std::string> keys;
  std::span<const std::string> arguments;
};

// `not_a_number` is the error text when numkeys is none.
Found<ScriptKeys> ParseScriptKeys(const CommandCall& call, std::string_view not_a_number);

}  // namespace modcert::engine
