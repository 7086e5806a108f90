// Heap allocation raw functions.

#include <cstring>

#include "api/rows.h"
#include "module/context.h"
#include "module/current_host.h"
#include "module/module.h"

namespace modcert::api {
namespace {

using module::CurrentModule;

// Memory of a caller that cannot be told (a library thread of a module, say) is not counted.
module::ModuleHeap& Heap() {
  static module::ModuleHeap uncounted;
  module::Module* module = CurrentModule();
  return module ? module->heap : uncounted;
}

// void *RedisModule_Alloc(size_t bytes)
void* Alloc(size_t bytes) noexcept { return Heap().Alloc(bytes); }

// void *RedisModule_TryAlloc(size_t bytes)
void* TryAlloc(size_t bytes) noexcept { return Heap().TryAlloc(bytes); }

// void *RedisModule_Calloc(size_t nmemb, size_t size)
// memory.calloc-overflow: the product wraps around as on a server, and the block is too small.
void* Calloc(size_t count, size_t size) noexcept { return Heap().Calloc(count * size); }

// void *RedisModule_TryCalloc(size_t nmemb, size_t size)
void* TryCalloc(size_t count, size_t size) noexcept { return Heap().TryCalloc(count * size); }

// void *RedisModule_Realloc(void *ptr, size_t bytes)
void* Realloc(void* block, size_t bytes) noexcept { return Heap().Realloc(block, bytes); }

// void *RedisModule_TryRealloc(void *ptr, size_t bytes)
void* TryRealloc(void* block, size_t bytes) noexcept { return Heap().TryRealloc(block, bytes); }

// void RedisModule_Free(void *ptr)
void Free(void* block) noexcept { Heap().Free(block); }

// char *RedisModule_Strdup(const char *str)
char* Strdup(const char* text) noexcept {
  const size_t size = std::strlen(text) + 1;
  // memory.strdup-copies
  return static_cast<char*>(std::memcpy(Heap().Alloc(size), text, size));
}

// void *RedisModule_PoolAlloc(RedisModuleCtx *ctx, size_t bytes)
void* PoolAlloc(RedisModuleCtx* ctx, size_t bytes) noexcept { return ctx->pool.Alloc(bytes); }

const abi::ApiRow kRows[] = {
    API_ROW(Alloc),      API_ROW(TryAlloc), API_ROW(Calloc), API_ROW(TryCalloc), API_ROW(Realloc),
    API_ROW(TryRealloc), API_ROW(Free),     API_ROW(Strdup), API_ROW(PoolAlloc),
};

}  // namespace

std::span<const abi::ApiRow> MemoryRows() { return kRows; }

}  // namespace modcert::api
