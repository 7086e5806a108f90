// Ties the mutator to libFuzzer, for every target.

#include <cstring>
#include <string_view>

#include "mutator.h"

using modcert::Random;
using modcert::fuzz::CrossItems;
using modcert::fuzz::DecodeItems;
using modcert::fuzz::EncodeItemsWithin;
using modcert::fuzz::Item;
using modcert::fuzz::MutateItems;

namespace {

size_t Write(std::vector<Item> items, uint8_t* out, size_t max_size) {
  const std::string bytes = EncodeItemsWithin(std::move(items), max_size);
  std::memcpy(out, bytes.data(), bytes.size());
  return bytes.size();
}

std::string_view View(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  Random random(seed);
  // Bytes now and then: they know what the code compared with.
  if (random.OneIn(8)) return LLVMFuzzerMutate(data, size, max_size);
  std::vector<Item> items = DecodeItems(View(data, size));
  for (uint64_t left = 1 + random.Below(4); left > 0; --left) MutateItems(items, random);
  return Write(std::move(items), data, max_size);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t* data1, size_t size1,
                                            const uint8_t* data2, size_t size2, uint8_t* out,
                                            size_t max_out_size, unsigned seed) {
  Random random(seed);
  return Write(CrossItems(DecodeItems(View(data1, size1)), DecodeItems(View(data2, size2)), random),
               out, max_out_size);
}
