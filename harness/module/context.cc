#include "module/context.h"

#include <algorithm>
#include <bit>

namespace modcert::module {

void* PoolMemory::Alloc(size_t size) {
  if (size == 0) return nullptr;  // memory.pool-of-nothing
  // memory.pool-alignment, memory.pool-small-alignment: to a word, or to the power of two that
  // holds a smaller block.
  const size_t alignment = std::min(std::bit_ceil(size), sizeof(void*));
  if (!blocks_.empty()) {
    Block& block = blocks_.back();
    const size_t start = (block.used + alignment - 1) / alignment * alignment;
    if (start + size <= block.size) {
      block.used = start + size;
      return block.bytes.get() + start;
    }
  }
  const size_t block_size = std::max(size, kBlockSize);
  blocks_.push_back({std::make_unique<std::byte[]>(block_size), block_size, size});
  return blocks_.back().bytes.get();
}

}  // namespace modcert::module

void RedisModuleCtx::Track(modcert::abi::HandleKind handle_kind, void* handle) {
  if (auto_memory) tracked.push_back({handle_kind, handle});
}

bool RedisModuleCtx::Untrack(const void* handle) {
  // memory.auto-by-hand. From the end: what is freed by hand was mostly made last.
  const auto it = std::find_if(tracked.rbegin(), tracked.rend(),
                               [&](const Tracked& t) { return t.handle == handle; });
  if (it == tracked.rend()) return false;
  tracked.erase(std::next(it).base());
  return true;
}
