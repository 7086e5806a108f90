#include "module/handle_table.h"

#include <cstdlib>

#include "base/require.h"

namespace modcert::module {
namespace {

// How many freed handles of one kind wait before the oldest slot is used again. Large enough that a
// use after free is nearly always seen as one; small enough to stay in the cache.
constexpr size_t kQuarantineSize = 256;

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

void* SlotPool::Take(Module* owner) {
  const SpinGuard guard(busy_);
  void* handle = TakeUnused();
  HandleHeader& header = HandleSlabs::HeaderOf(handle);
  const HandleSlabs::Stamp& stamp = HandleSlabs::CurrentStamp();
  header = {.kind = kind_,
            .state = HandleState::kLive,
            .generation = header.generation + 1,
            .owner = owner,
            .born_in = stamp.call};
  ++live_count_;
  return handle;
}

void SlotPool::Quarantine(void* handle) {
  const SpinGuard guard(busy_);
  HandleHeader& header = HandleSlabs::HeaderOf(handle);
  Require(header.state == HandleState::kLive, "a handle ends once");
  const HandleSlabs::Stamp& stamp = HandleSlabs::CurrentStamp();
  header.state = HandleState::kEnded;
  header.ended_in = stamp.call;
  header.ended_by = stamp.function;
  quarantine_.push_back(handle);
  --live_count_;
}

// The next slot of the newest slab; when that is full, one that has waited long enough.
void* SlotPool::TakeUnused() {
  using Slab = HandleSlabs::Slab;
  const auto is_full = [&] {
    if (slabs_of_pool_.empty()) return true;
    const auto* newest = static_cast<const Slab*>(slabs_of_pool_.back());
    return newest->slot_count.load(std::memory_order_relaxed) == newest->slot_count_max;
  };
  if (is_full()) {
    if (quarantine_.size() > kQuarantineSize) {
      void* oldest = quarantine_.front();
      quarantine_.pop_front();
      return oldest;
    }
    AddSlab();
  }
  auto* slab = static_cast<Slab*>(slabs_of_pool_.back());
  const size_t index = slab->slot_count.load(std::memory_order_relaxed);
  char* slots = static_cast<char*>(slabs_of_pool_.back()) + HandleSlabs::kSlabHeadSize;
  auto* header = new (slots + index * slot_size_) HandleHeader;
  // Find looks at slots on any thread, and from now on at this one.
  slab->slot_count.store(index + 1, std::memory_order_release);
  return header + 1;
}

void SlotPool::AddSlab() {
  void* memory = std::aligned_alloc(HandleSlabs::kSlabSize, HandleSlabs::kSlabSize);
  Require(memory != nullptr, "out of memory");
  auto* slab = new (memory) HandleSlabs::Slab;
  slab->slot_size = slot_size_;
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

HandleSlabs::Stamp& HandleSlabs::CurrentStamp() {
  thread_local Stamp stamp;
  return stamp;
}

HandleHeader* HandleSlabs::Find(const void* handle) const {
  const uintptr_t base = BaseOf(handle);
  if (!Contains(base)) return nullptr;
  const auto* slab = reinterpret_cast<const Slab*>(base);
  const size_t offset = reinterpret_cast<uintptr_t>(handle) - base;
  const size_t first = kSlabHeadSize + sizeof(HandleHeader);
  if (offset < first || (offset - first) % slab->slot_size != 0) return nullptr;
  const size_t count = slab->slot_count.load(std::memory_order_acquire);
  if ((offset - first) / slab->slot_size >= count) return nullptr;
  HandleHeader& header = HeaderOf(handle);
  return header.state == HandleState::kUnused ? nullptr : &header;
}

bool HandleSlabs::Contains(uintptr_t base) const {
  const Index* index = index_.load(std::memory_order_acquire);
  if (!index) return false;
  for (size_t i = (base / kSlabSize) & index->mask;; i = (i + 1) & index->mask) {
    const uintptr_t found = index->bases[i].load(std::memory_order_acquire);
    if (found == base) return true;
    if (found == 0) return false;
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
