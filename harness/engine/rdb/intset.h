// Intsets: the integers of a small set, ascending, each 2, 4 or 8 bytes wide.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace modcert::engine::rdb {

struct Intset {
  int width = 2;
  std::vector<int64_t> integers;  // ascending, no two equal
};

std::string WriteIntset(const std::vector<int64_t>& integers, int width);
Result<Intset> ReadIntset(std::string_view bytes);

}  // namespace modcert::engine::rdb
