#include "run/memory_limit.h"

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <limits>

// Null in a build without a sanitizer.
extern "C" {
[[gnu::weak]] int __sanitizer_install_malloc_and_free_hooks(
    void (*malloc_hook)(const volatile void*, size_t), void (*free_hook)(const volatile void*));
[[gnu::weak]] size_t __sanitizer_get_allocated_size(const volatile void* memory);
}

namespace modcert::run {
namespace {

// May fall below 0: what was there before the count began is freed too.
std::atomic<int64_t> allocated_bytes{0};
std::atomic<int64_t> limit_bytes{0};
void (*end_at_limit)() = nullptr;

void CountMalloc(const volatile void*, size_t size) {
  const auto bytes = static_cast<int64_t>(size);
  if (allocated_bytes.fetch_add(bytes, std::memory_order_relaxed) + bytes >
      limit_bytes.load(std::memory_order_relaxed))
    end_at_limit();
}

void CountFree(const volatile void* memory) {
  if (memory == nullptr) return;
  allocated_bytes.fetch_sub(static_cast<int64_t>(__sanitizer_get_allocated_size(memory)),
                            std::memory_order_relaxed);
}

}  // namespace

size_t DataNow() {
  size_t pages = 0;
  if (FILE* statm = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(statm, "%*u %*u %*u %*u %*u %zu", &pages) != 1) pages = 0;
    std::fclose(statm);
  }
  return pages * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

void LimitMemory(size_t bytes, size_t data_before, void (*at_limit)()) {
  if (__sanitizer_install_malloc_and_free_hooks != nullptr) {
    limit_bytes = static_cast<int64_t>(bytes);
    end_at_limit = at_limit;
    __sanitizer_install_malloc_and_free_hooks(CountMalloc, CountFree);
    return;
  }
  const rlimit data{.rlim_cur = data_before + bytes, .rlim_max = RLIM_INFINITY};
  setrlimit(RLIMIT_DATA, &data);
}

void LiftMemoryLimit() {
  limit_bytes = std::numeric_limits<int64_t>::max();
  rlimit data = {};
  getrlimit(RLIMIT_DATA, &data);
  data.rlim_cur = data.rlim_max;
  setrlimit(RLIMIT_DATA, &data);
}

}  // namespace modcert::run
