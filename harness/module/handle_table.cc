#include "module/handle_table.h"

#include <cstdlib>

namespace modcert::module {
namespace {

size_t SlotSize(size_t handle_size) { return sizeof(HandleHeader) + (handle_size + 15) / 16 * 16; }

struct SpinGuard {
  explicit SpinGuard(std::atomic_flag& flag) : flag(flag) {
    while (flag.test_and_set(std::memory_order_acquire)) {
    }
  }
  ~SpinGuard() { flag.clear(std::memory_order_release); }
  std::atomic_flag& flag;
};

}  // namespace

SlotPool::SlotPool(HandleSlabs& slabs, abi::HandleKind kind, size_t handle_size)
    : slabs_(slabs), kind_(kind), slot_size_(SlotSize(handle_size)) {}

SlotPool::~SlotPool() {
  for (void* slab : slabs_of_pool_) std::free(slab);
}

// The next slot of the newest slab.
HandleHeader* SlotPool::TakeFresh() {
  using Slab = HandleSlabs::Slab;
  const auto is_full = [](const void* slab) {
    const auto* head = static_cast<const Slab*>(slab);
    return head->slot_count.load(std::memory_order_relaxed) == head->slot_count_max;
  };
  if (slabs_of_pool_.empty() || is_full(slabs_of_pool_.back())) AddSlab();
  auto* slab = static_cast<Slab*>(slabs_of_pool_.back());
  const size_t index = slab->slot_count.load(std::memory_order_relaxed);
  char* slots = static_cast<char*>(slabs_of_pool_.back()) + HandleSlabs::kSlabHeadSize;
  auto* header = new (slots + index * slot_size_) HandleHeader;
  // Find looks at slots on any thread, and from now on at this one.
  slab->slot_count.store(index + 1, std::memory_order_release);
  return header;
}

void SlotPool::AddSlab() {
  void* memory = std::aligned_alloc(HandleSlabs::kSlabSize, HandleSlabs::kSlabSize);
  Require(memory != nullptr, "out of memory");
  auto* slab = new (memory) HandleSlabs::Slab;
  slab->slot_size = static_cast<uint32_t>(slot_size_);
  slab->slots_per_4g = static_cast<uint32_t>(((uint64_t{1} << 32) + slot_size_ - 1) / slot_size_);
  slab->slot_count_max = (HandleSlabs::kSlabSize - HandleSlabs::kSlabHeadSize) / slot_size_;
  slabs_of_pool_.push_back(memory);
  slabs_.Insert(HandleSlabs::BaseOf(memory));
}

void SlotPool::ForEachLiveSlot(const std::function<void(HandleHeader&, void*)>& visit) const {
  for (void* slab : slabs_of_pool_) {
    const auto* head = static_cast<const HandleSlabs::Slab*>(slab);
    char* slots = static_cast<char*>(slab) + HandleSlabs::kSlabHeadSize;
    for (size_t i = 0; i < head->slot_count.load(std::memory_order_relaxed); ++i) {
      auto* header = reinterpret_cast<HandleHeader*>(slots + i * slot_size_);
      if (header->state == HandleState::kLive) visit(*header, header + 1);
    }
  }
}

void HandleSlabs::Insert(uintptr_t base) {
  const SpinGuard guard(busy_);
  const auto put = [](Index& index, uintptr_t value) {
    size_t i = (value / kSlabSize) & index.mask;
    while (index.bases[i].load(std::memory_order_relaxed) != 0) i = (i + 1) & index.mask;
    index.bases[i].store(value, std::memory_order_release);
    ++index.count;
  };
  Index* index = index_.load(std::memory_order_relaxed);
  if (!index || (index->count + 1) * 2 > index->mask) {
    const size_t size = index ? (index->mask + 1) * 2 : 64;
    auto grown = std::make_unique<Index>(
        Index{size - 1, 0, std::make_unique<std::atomic<uintptr_t>[]>(size)});
    if (index)
      for (size_t i = 0; i <= index->mask; ++i)
        if (const uintptr_t old = index->bases[i].load()) put(*grown, old);
    index = grown.get();
    indexes_.push_back(std::move(grown));
    index_.store(index, std::memory_order_release);
  }
  put(*index, base);
}

}  // namespace modcert::module
