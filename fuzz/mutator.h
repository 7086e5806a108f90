// Changes streams of items. Knows no fuzzing engine and no target: custom_mutator.cc ties it to
// libFuzzer, and another engine needs as little.
#pragma once

#include <cstddef>
#include <vector>

#include "base/random.h"
#include "item_stream.h"

namespace modcert::fuzz {

// One change: an item dropped, repeated, swapped, of another kind, a number at a boundary, a string
// cut or grown, a new item, or the end cut off. The same seed gives the same change.
void MutateItems(std::vector<Item>& items, Random& random);

// The beginning of one stream and the end of another.
std::vector<Item> CrossItems(const std::vector<Item>& head, const std::vector<Item>& tail,
                             Random& random);

// Encodes what fits into `max_size` bytes, in whole items.
std::string EncodeItemsWithin(std::vector<Item> items, size_t max_size);

}  // namespace modcert::fuzz
