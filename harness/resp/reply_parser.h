// The state machine under the decoders of decode.h: reads one reply from a window of bytes that may
// grow between calls.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "resp/decode_limits.h"
#include "resp/value.h"

namespace modcert::resp {

// Owned by a decoder. The window is passed to each call and always starts with the same bytes; only
// its end may move. Everything before position() is decoded and will not be looked at again.
class ReplyParser {
 public:
  enum class Outcome { kValue, kNeedMore, kError };

  // `limits` and `root` must outlive the parser and stay where they are. `root` starts as Value()
  // and becomes the reply.
  ReplyParser(const DecodeLimits& limits, Value& root) : limits_(limits), slot_(&root) {}

  // Goes on until the reply is whole, the window ends, or something is wrong.
  Outcome Parse(std::string_view window);

  // After kValue: starts with the next reply, in `root`, which must be Value() again.
  void Restart(Value& root);

  // After kError: what was wrong at position().
  const std::string& problem() const { return problem_; }

  size_t position() const { return position_; }
  // The first `size` bytes of the window are gone; they were before position().
  void DropPrefix(size_t size);

 private:
  // An aggregate that still lacks elements, or a value that still lacks attributes.
  struct Open {
    Value* value;
    size_t missing;
    bool attributes;
  };

  Outcome ParseElement();
  Outcome ParseLeaf(char type, std::string_view line);
  Outcome ParseBlob(char type, std::string_view line);
  Outcome ParseAggregate(char type, std::string_view line);
  Outcome ParseDouble(std::string_view line);
  // Moves slot_ to where the next value belongs; false when the reply is whole.
  bool NextSlot();

  // What stands between the type byte and "\r\n".
  Outcome ReadLine(std::string_view& line);
  // A number from 0 to `max`.
  Outcome ReadLength(std::string_view line, const char* what, size_t max, size_t& length);
  // The element ends at `end`.
  Outcome Done(size_t end);
  Outcome Expected(size_t at, std::string what);
  Outcome Wrong(size_t at, std::string problem);

  const DecodeLimits& limits_;
  std::string_view window_;
  size_t position_ = 0;
  size_t line_scanned_ = 0;  // No line end between position_ and here.
  size_t element_count_ = 0;
  Value* slot_;  // Where the next value goes.
  std::vector<Open> open_;
  std::string problem_;
};

}  // namespace modcert::resp
