// How much memory there is in use: of the server, and of single things. The reference has these in
// its section about command filters.

#include "api/rows.h"
#include "engine/memory_usage.h"
#include "engine/value/radix_tree_shape.h"
#include "module/host.h"

namespace modcert::api {
namespace {

// float RedisModule_GetUsedMemoryRatio(void)
float GetUsedMemoryRatio() noexcept {
  module::Host* host = module::CurrentHost();
  const int64_t max = host ? host->server.config.maxmemory : 0;
  if (max == 0) return 0;  // memory.ratio-without-limit
  // memory.ratio-of-limit
  const auto used = static_cast<double>(engine::UsedMemory(host->server.keyspace));
  return static_cast<float>(used / static_cast<double>(max));
}

// size_t RedisModule_MallocSize(void *ptr)
size_t MallocSize(void* block) noexcept {
  // memory.size-of-block: how much more than was asked for is the allocator's.
  return module::ModuleHeap::UsableSize(block);
}

// size_t RedisModule_MallocUsableSize(void *ptr)
size_t MallocUsableSize(void* block) noexcept { return module::ModuleHeap::UsableSize(block); }

// size_t RedisModule_MallocSizeString(RedisModuleString *str)
size_t MallocSizeString(RedisModuleString* string) noexcept {
  return engine::StringObjectSize(string->bytes);  // memory.size-of-string
}

// size_t RedisModule_MallocSizeDict(RedisModuleDict *dict)
size_t MallocSizeDict(RedisModuleDict* dict) noexcept {
  // memory.size-of-dict: a server reckons so much for each node of the radix tree, whatever is in
  // it, and this much for the dictionary itself.
  constexpr size_t kDict = 32;
  constexpr size_t kNode = 244;
  return kDict + kNode * engine::RadixTreeNodeCount(engine::RadixTreeKeys(dict->items));
}

const abi::ApiRow kRows[] = {
    API_ROW(GetUsedMemoryRatio), API_ROW(MallocSize),     API_ROW(MallocUsableSize),
    API_ROW(MallocSizeString),   API_ROW(MallocSizeDict),
};

}  // namespace

std::span<const abi::ApiRow> MemorySizeRows() { return kRows; }

}  // namespace modcert::api
