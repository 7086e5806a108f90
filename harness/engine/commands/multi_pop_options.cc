#include "engine/commands/multi_pop_options.h"

#include "base/parse_number.h"
#include "engine/commands/option_word.h"

namespace modcert::engine {

std::optional<Reply> ParseMultiPop(std::span<const std::string> args,
                                   bool (*is_end)(std::string_view word),
                                   MultiPopOptions& options) {
  const std::optional<int64_t> key_count = ParseInteger(args[0]);
  if (!key_count || *key_count < 1) return Reply::Error("ERR numkeys should be greater than 0");
  if (*key_count > static_cast<int64_t>(args.size()) - 2) return Reply::SyntaxError();
  const auto count = static_cast<size_t>(*key_count);
  options.keys = args.subspan(1, count);
  options.word = args[count + 1];
  if (!is_end(options.word)) return Reply::SyntaxError();

  const std::span<const std::string> rest = args.subspan(count + 2);
  if (rest.empty()) return std::nullopt;
  if (rest.size() < 2 || !IsOption(rest[0], "COUNT")) return Reply::SyntaxError();
  const std::optional<int64_t> number = ParseInteger(rest[1]);
  if (!number || *number < 1) return Reply::Error("ERR count should be greater than 0");
  options.count = *number;
  return rest.size() == 2 ? std::nullopt : std::optional(Reply::SyntaxError());
}

}  // namespace modcert::engine
