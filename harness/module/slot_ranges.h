// RedisModuleSlotRangeArray: a struct that modules look into, so its memory is plain.
#pragma once

#include <cstdlib>
#include <memory>
#include <span>
#include <utility>

#include "redismodule_types.h"

namespace modcert::module {

struct FreeSlotRanges {
  void operator()(RedisModuleSlotRangeArray* slots) const { free(slots); }
};
using SlotRangesPointer = std::unique_ptr<RedisModuleSlotRangeArray, FreeSlotRanges>;

// First and last of each range.
inline SlotRangesPointer NewSlotRanges(std::span<const std::pair<int, int>> ranges) {
  const size_t size =
      sizeof(RedisModuleSlotRangeArray) + ranges.size() * sizeof(RedisModuleSlotRange);
  SlotRangesPointer slots(static_cast<RedisModuleSlotRangeArray*>(calloc(1, size)));
  slots->num_ranges = static_cast<int32_t>(ranges.size());
  for (size_t i = 0; i < ranges.size(); ++i)
    slots->ranges[i] = {static_cast<uint16_t>(ranges[i].first),
                        static_cast<uint16_t>(ranges[i].second)};
  return slots;
}

}  // namespace modcert::module
