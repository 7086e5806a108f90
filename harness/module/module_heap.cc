#include "module/module_heap.h"

#include <malloc.h>

#include <cstdlib>
#include <cstring>
#include <new>

namespace modcert::module {
namespace {

// No machine has so much, and a sanitizer ends the process when it is asked for more.
constexpr size_t kSizeMax = size_t{1} << 40;

// memory.exhaustion-ends-the-process
void* OrEnd(void* block) {
  if (block) return block;
  if (const std::new_handler handler = std::get_new_handler()) handler();
  std::abort();
}

}  // namespace

void* ModuleHeap::Alloc(size_t size) { return OrEnd(TryAlloc(size)); }

void* ModuleHeap::Calloc(size_t size) { return OrEnd(TryCalloc(size)); }

void* ModuleHeap::Realloc(void* block, size_t size) {
  const bool frees = block && size == 0;
  void* moved = TryRealloc(block, size);
  return frees ? nullptr : OrEnd(moved);
}

void* ModuleHeap::TryAlloc(size_t size) {
  // memory.try-gives-null, memory.alloc-of-nothing
  return size > kSizeMax ? nullptr : Count(std::malloc(size));
}

void* ModuleHeap::TryCalloc(size_t size) {
  return size > kSizeMax ? nullptr : Count(std::calloc(1, size));  // memory.calloc-zeroes
}

void* ModuleHeap::TryRealloc(void* block, size_t size) {
  if (!block) return TryAlloc(size);  // memory.realloc-of-null
  if (size == 0) {
    Free(block);  // memory.realloc-to-nothing
    return nullptr;
  }
  if (size > kSizeMax) return nullptr;
  const auto before = static_cast<int64_t>(UsableSize(block));
  // memory.realloc-keeps-the-bytes, memory.try-leaves-the-old-block
  void* moved = std::realloc(block, size);
  if (moved) live_bytes_ += static_cast<int64_t>(UsableSize(moved)) - before;
  return moved;
}

void ModuleHeap::Free(void* block) {
  if (!block) return;  // memory.free-of-null
  live_bytes_ -= static_cast<int64_t>(UsableSize(block));
  --live_blocks_;
  std::free(block);
}

void* ModuleHeap::Move(void* block) {
  if (!block) return nullptr;
  const size_t size = UsableSize(block);
  void* moved = Alloc(size);
  std::memcpy(moved, block, size);
  Free(block);
  return moved;
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
