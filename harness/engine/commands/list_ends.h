// The two ends of a list, as the list commands name them.
#pragma once

#include <optional>
#include <string_view>

#include "engine/commands/option_word.h"
#include "engine/value/list.h"

namespace modcert::engine {

// LEFT or RIGHT.
inline std::optional<List::End> ParseListEnd(std::string_view word) {
  if (IsOption(word, "LEFT")) return List::End::kHead;
  if (IsOption(word, "RIGHT")) return List::End::kTail;
  return std::nullopt;
}

// The keyspace event of a push, and of a pop, at that end.
inline std::string_view PushEvent(List::End end) {
  return end == List::End::kHead ? "lpush" : "rpush";
}
inline std::string_view PopEvent(List::End end) {
  return end == List::End::kHead ? "lpop" : "rpop";
}

}  // namespace modcert::engine
