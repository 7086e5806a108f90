// The memory that a module got from RedisModule_Alloc and its kin, counted.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace modcert::module {

// One per module. Blocks come from the C library as they are, without a header of ours, so that a
// sanitizer sees them as the module made them. Any thread.
class ModuleHeap {
 public:
  // These end the process when there is no memory, as a server does.
  void* Alloc(size_t size);
  void* Calloc(size_t size);
  void* Realloc(void* block, size_t size);
  // These give null instead.
  void* TryAlloc(size_t size);
  void* TryCalloc(size_t size);
  void* TryRealloc(void* block, size_t size);
  void Free(void* block);
  // The same bytes at another address; the old block is gone. Null for null.
  void* Move(void* block);
  static size_t UsableSize(const void* block);

  int64_t live_bytes() const { return live_bytes_; }
  int64_t live_blocks() const { return live_blocks_; }

 private:
  void* Count(void* block);

  std::atomic<int64_t> live_bytes_{0};
  std::atomic<int64_t> live_blocks_{0};
};

}  // namespace modcert::module
