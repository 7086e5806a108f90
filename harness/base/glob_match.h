// Glob patterns as KEYS, SCAN MATCH, PSUBSCRIBE, CONFIG GET and RedisModule_StringMatch-like
// callers read them: `*`, `?`, `[a-z]`, `[^a-z]` and backslash.
#pragma once

#include <string_view>

namespace modcert {

enum class GlobCase { kSensitive, kInsensitive };

// Whether the whole of `text` matches `pattern`. Any bytes are allowed in both; a pattern that ends
// inside `[...]` or behind a backslash is read to its end, never refused. Takes at most
// |pattern| x |text| steps.
//
// Three edges are those of a real server rather than what one would expect: no pattern but the
// empty one matches the empty text (commands that accept "*" as "everything" test for it
// themselves); the ends of a range are put in order before case is folded, so that [a-Z] is empty
// without case; and a pattern that needs more than 1000 stars matches nothing.
bool GlobMatch(std::string_view pattern, std::string_view text,
               GlobCase letter_case = GlobCase::kSensitive);

}  // namespace modcert
