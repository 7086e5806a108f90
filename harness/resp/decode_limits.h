// What a decoder of replies accepts.
#pragma once

#include <cstddef>

#include "resp/value.h"

namespace modcert::resp {

// A reply beyond a limit is an error, at the byte that announces it.
struct DecodeLimits {
  // Bytes of one bulk, verbatim or blob error string: what a server sends at most by default.
  size_t bulk_size_max = 512 * 1024 * 1024;
  // Bytes of one line: simple strings, errors, numbers. Generous for errors that quote arguments.
  size_t line_size_max = 1024 * 1024;
  // Aggregates inside each other: deeper than replies are, and far from exhausting a stack.
  size_t depth_max = 512;
  // Values inside one reply, all levels together, attributes included.
  size_t element_count_max = 4 * 1024 * 1024;
  // kResp2 refuses the types that only RESP3 has.
  Protocol protocol = Protocol::kResp3;
};

}  // namespace modcert::resp
