// Which of the 16384 slots of a cluster a key belongs to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace modcert::engine {

inline constexpr int kSlotCount = 16384;

// The slot of what stands between the first '{' and the next '}', or of the whole key when there is
// nothing between them.
int SlotOf(std::string_view key);

// A short key for every slot, by slot.
std::vector<std::string> ShortKeyNames();

}  // namespace modcert::engine
