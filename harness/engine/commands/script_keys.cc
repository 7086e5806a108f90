#include "engine/commands/script_keys.h"

#include "base/parse_number.h"

namespace modcert::engine {

Found<ScriptKeys> ParseScriptKeys(const CommandCall& call, std::string_view not_a_number) {
  constexpr int kFirst = 3;
  const std::optional<int64_t> count = ParseInteger(call.arg(2));
  if (!count) return Reply::Error(not_a_number);
  if (*count > call.argc() - kFirst)
    return Reply::Error("ERR Number of keys can't be greater than number of args");
  if (*count < 0) return Reply::Error("ERR Number of keys can't be negative");
  const auto rest = call.args.subspan(kFirst);
  return ScriptKeys{.keys = rest.first(static_cast<size_t>(*count)),
                    .arguments = rest.subspan(static_cast<size_t>(*count))};
}

}  // namespace modcert::engine
