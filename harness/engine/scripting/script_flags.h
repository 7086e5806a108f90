// What a script declares about itself: its flags, and the first line in which it does.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace modcert::engine::scripting {

// Bits of ScriptRun::flags. The order is that in which FUNCTION LIST prints the names.
enum ScriptFlag : uint64_t {
  kNoWrites = 1 << 0,
  kAllowOom = 1 << 1,
  kAllowStale = 1 << 2,
  kNoCluster = 1 << 3,
  kAllowCrossSlotKeys = 1 << 4,
  // Not a name that a script can write: one without a first line of its own keeps the rules of the
  // servers before there were flags.
  kCompatibility = 1 << 5,
};

// The names, lowest bit first.
std::span<const std::string_view> ScriptFlagNames();
// The bit of a name, or nothing. Case counts.
std::optional<uint64_t> ParseScriptFlag(std::string_view name);

// Whether a server has an engine of that name besides Lua; unset: it has none.
using KnowsEngine = std::function<bool(std::string_view name)>;

// The flags of a script for EVAL, and what is left of it behind "#!lua ...": from the line's end
// on, so that line numbers stay.
struct EvalSource {
  uint64_t flags = kCompatibility;
  std::string_view body;
  std::string engine = "lua";
};
// The error is a whole error text ("ERR Invalid script shebang").
using EvalSourceOrError = std::variant<EvalSource, std::string>;
EvalSourceOrError ParseEvalSource(std::string_view source, const KnowsEngine& knows = {});

// The first line of a library for FUNCTION LOAD: "#!lua name=mylib".
struct LibrarySource {
  std::string name;
  std::string_view body;
  std::string engine = "lua";
};
using LibrarySourceOrError = std::variant<LibrarySource, std::string>;
LibrarySourceOrError ParseLibrarySource(std::string_view source, const KnowsEngine& knows = {});

// Libraries and functions have names of letters, digits and underscores.
bool IsValidLibraryName(std::string_view name);
inline constexpr std::string_view kInvalidLibraryName =
    "Library names can only contain letters, numbers, or underscores(_) and must be at least one "
    "character long";

}  // namespace modcert::engine::scripting
