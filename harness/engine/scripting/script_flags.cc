#include "engine/scripting/script_flags.h"

#include <algorithm>
#include <cctype>

#include "base/split_args.h"
#include "engine/command.h"
#include "engine/commands/option_word.h"
#include "fmt/format.h"

namespace modcert::engine::scripting {
namespace {

constexpr std::string_view kNames[] = {"no-writes", "allow-oom", "allow-stale", "no-cluster",
                                       "allow-cross-slot-keys"};
constexpr std::string_view kFlagsOption = "flags=";

// "a,b" as the bits of a and b; the name that is none in `unknown`. Nothing at all is no flag.
bool ParseFlagList(std::string_view list, uint64_t& flags, std::string_view& unknown) {
  if (list.empty()) return true;
  for (size_t start = 0; start <= list.size();) {
    const size_t end = std::min(list.find(',', start), list.size());
    const std::string_view name = list.substr(start, end - start);
    const std::optional<uint64_t> flag = ParseScriptFlag(name);
    if (!flag) {
      unknown = name;
      return false;
    }
    flags |= *flag;
    start = end + 1;
  }
  return true;
}

}  // namespace

std::span<const std::string_view> ScriptFlagNames() { return kNames; }

std::optional<uint64_t> ParseScriptFlag(std::string_view name) {
  const auto* const found = std::find(std::begin(kNames), std::end(kNames), name);
  if (found == std::end(kNames)) return std::nullopt;
  return uint64_t{1} << (found - std::begin(kNames));
}

EvalSourceOrError ParseEvalSource(std::string_view source, const KnowsEngine& knows) {
  if (!source.starts_with("#!")) return EvalSource{.body = source};
  const size_t line_end = source.find('\n');
  if (line_end == std::string_view::npos) return "ERR Invalid script shebang";
  const auto words = SplitArgs(source.substr(0, line_end));
  if (!words || words->empty()) return "ERR Invalid engine in script shebang";
  const std::string engine = words->front().substr(2);
  if (engine != "lua" && !(knows && knows(engine)))
    return fmt::format("ERR Unexpected engine in script shebang: {}", words->front());
  EvalSource parsed{.flags = 0, .body = source.substr(line_end), .engine = engine};
  for (const std::string& word : std::span(*words).subspan(1)) {
    if (!word.starts_with(kFlagsOption))
      return fmt::format("ERR Unknown lua shebang option: {}", word);
    std::string_view unknown;
    if (!ParseFlagList(std::string_view(word).substr(kFlagsOption.size()), parsed.flags, unknown))
      return fmt::format("ERR Unexpected flag in script shebang: {}", unknown);
  }
  return parsed;
}

LibrarySourceOrError ParseLibrarySource(std::string_view source, const KnowsEngine& knows) {
  if (!source.starts_with("#!")) return "ERR Missing library metadata";
  const size_t line_end = source.find('\n');
  if (line_end == std::string_view::npos) return "ERR Invalid library metadata";
  const auto words = SplitArgs(source.substr(0, line_end));
  if (!words || words->empty()) return "ERR Invalid library metadata";
  const std::string engine = words->front().substr(2);
  std::optional<std::string> name;
  for (const std::string& word : std::span(*words).subspan(1)) {
    if (word.size() < 5 || !IsOption(std::string_view(word).substr(0, 5), "NAME="))
      return fmt::format("ERR Invalid metadata value given: {}", word);
    if (name) return "ERR Invalid metadata value, name argument was given multiple times";
    name = word.substr(5);
  }
  if (!name) return "ERR Library name was not given";
  if (!IsValidLibraryName(*name)) return fmt::format("ERR {}", kInvalidLibraryName);
  if (!CommandNameEqual{}(engine, "lua") && !(knows && knows(engine)))
    return fmt::format("ERR Engine '{}' not found", engine);
  return LibrarySource{.name = *std::move(name), .body = source.substr(line_end), .engine = engine};
}

bool IsValidLibraryName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  });
}

}  // namespace modcert::engine::scripting
