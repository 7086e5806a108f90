#include "module/module_heap.h"

#include <malloc.h>

#include <cstdlib>

namespace modcert::module {

void* ModuleHeap::Alloc(size_t size) { return Count(std::malloc(size)); }

void* ModuleHeap::Calloc(size_t count, size_t size) { return Count(std::calloc(count, size)); }

void* ModuleHeap::Realloc(void* block, size_t size) {
  if (!block) return Alloc(size);
  if (size == 0) {
    Free(block);
    return nullptr;
  }
  const auto before = static_cast<int64_t>(UsableSize(block));
  void* moved = std::realloc(block, size);
  if (moved) live_bytes_ += static_cast<int64_t>(UsableSize(moved)) - before;
  return moved;
}

void ModuleHeap::Free(void* block) {
  if (!block) return;
  live_bytes_ -= static_cast<int64_t>(UsableSize(block));
  --live_blocks_;
  std::free(block);
}

size_t ModuleHeap::UsableSize(const void* block) {
  return malloc_usable_size(const_cast<void*>(block));
}

void* ModuleHeap::Count(void* block) {
  if (!block) return nullptr;
  live_bytes_ += static_cast<int64_t>(UsableSize(block));
  ++live_blocks_;
  return block;
}

}  // namespace modcert::module
