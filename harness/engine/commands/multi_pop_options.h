// The arguments of LMPOP, ZMPOP and their blocking forms: numkeys key [key ...] word [COUNT count].
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/reply.h"

namespace modcert::engine {

struct MultiPopOptions {
  std::span<const std::string> keys;  // part of the arguments that were read
  std::string_view word;              // which end to pop from; the caller knows which words exist
  int64_t count = 1;
};

// `args` begins with numkeys. `is_end` says whether a word names an end. Returns the error to
// answer with, or nothing.
std::optional<Reply> ParseMultiPop(std::span<const std::string> args,
                                   bool (*is_end)(std::string_view word), MultiPopOptions& options);

}  // namespace modcert::engine
