#include "engine/value/string.h"

#include "base/parse_number.h"

namespace modcert::engine {

std::string_view String::encoding() const {
  // A real server keeps up to 44 bytes in one allocation with the object's header (64 in all).
  constexpr size_t kEmbeddedSizeMax = 44;

  if (made_by_ == MadeBy::kEdit) return "raw";
  if (made_by_ == MadeBy::kAssign && ParseInteger(bytes_)) return "int";
  return bytes_.size() <= kEmbeddedSizeMax ? "embstr" : "raw";
}

}  // namespace modcert::engine
