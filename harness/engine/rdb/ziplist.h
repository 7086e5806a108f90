// The compact encodings of servers before 7.0: ziplists (hashes, lists and sorted sets up to 6.2)
// and zipmaps (hashes up to 2.4). Read only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace modcert::engine::rdb {

// All elements, integers as text. Every size is checked, forwards and backwards.
Result<std::vector<std::string>> ReadZiplist(std::string_view bytes);

// Field, value, field, value ...
Result<std::vector<std::string>> ReadZipmap(std::string_view bytes);

}  // namespace modcert::engine::rdb
