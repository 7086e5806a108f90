// Where the handles of a host live: everything opaque that a module holds by pointer.
//
// The one idea: handles stand in slabs that are never given back while the host lives, each behind
// a small header. So any pointer a module passes can be judged without touching foreign memory: it
// is in a slab or it is not, and the header says what it is, whose it is, and, for one that was
// freed, which call freed it. A freed slot waits in quarantine before it is used again, unless
// nobody would look: a host without validation takes the slot that is still in the cache.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "abi/handle_kinds.h"
#include "base/require.h"

namespace modcert::module {

class Module;

enum class HandleState : uint8_t { kUnused, kLive, kEnded };

// Stands right before each handle.
struct alignas(16) HandleHeader {
  abi::HandleKind kind = abi::HandleKind::kNone;
  HandleState state = HandleState::kUnused;
  uint32_t generation = 0;  // counts the lives of the slot
  Module* owner = nullptr;  // null: the host made it for itself
  uint64_t born_in = 0;     // number of the API call, as the call trace counts
  uint64_t ended_in = 0;    // the same for the call that ended it
  int ended_by = -1;        // index of the API function; -1: the host, at the end of a callback
  HandleHeader* next = nullptr;  // of an ended one: the next that ended in this pool
};

// All slabs of a host: answers what a pointer is.
class HandleSlabs {
 public:
  // How many freed handles of one kind wait before the oldest slot is used again. Large enough that
  // a use after free is nearly always seen as one; small enough to stay in the cache.
  static constexpr size_t kQuarantineSize = 256;

  explicit HandleSlabs(size_t quarantine_size = kQuarantineSize)
      : quarantine_size_(quarantine_size) {}

  // The header of a handle of any kind, live or ended; null for a pointer that never was a handle
  // of this host. Any thread.
  HandleHeader* Find(const void* handle) const;

  static HandleHeader& HeaderOf(const void* handle) {
    return const_cast<HandleHeader*>(static_cast<const HandleHeader*>(handle))[-1];
  }

  // Stamped on handles as they are born and end: the call that is running.
  struct Stamp {
    uint64_t call = 0;
    int function = -1;
  };
  // Set by the validation layer around each call; of the calling thread.
  static Stamp& CurrentStamp();

 private:
  friend class SlotPool;
  static constexpr size_t kSlabSize = 32 * 1024;  // a power of two; slabs are aligned to it
  struct Slab {
    uint32_t slot_size = 0;
    // 2^32 / slot_size, rounded up: a multiplication instead of a division is exact for offsets
    // below kSlabSize.
    uint32_t slots_per_4g = 0;
    size_t slot_count_max = 0;
    // How many have ever been used. Those behind them are untouched memory, which costs nothing: a
    // world that lives for one scenario uses a few of each kind.
    std::atomic<size_t> slot_count{0};
  };
  static constexpr size_t kSlabHeadSize = 32;
  static_assert(sizeof(Slab) <= kSlabHeadSize);
  static uintptr_t BaseOf(const void* p) {
    return reinterpret_cast<uintptr_t>(p) & ~uintptr_t{kSlabSize - 1};
  }
  bool Contains(uintptr_t base) const;
  void Insert(uintptr_t base);

  // Open addressing over slab bases; replaced as a whole when it grows, so that readers of other
  // threads never see it half built. Old tables are kept until the host goes.
  struct Index {
    size_t mask;
    size_t count;
    std::unique_ptr<std::atomic<uintptr_t>[]> bases;
  };
  const size_t quarantine_size_;
  std::atomic<Index*> index_{nullptr};
  std::vector<std::unique_ptr<Index>> indexes_;
  std::atomic_flag busy_;
};

// Of this thread; see HandleSlabs::CurrentStamp.
inline constinit thread_local HandleSlabs::Stamp current_handle_stamp;

inline HandleSlabs::Stamp& HandleSlabs::CurrentStamp() { return current_handle_stamp; }

inline bool HandleSlabs::Contains(uintptr_t base) const {
  const Index* index = index_.load(std::memory_order_acquire);
  if (!index) return false;
  for (size_t i = (base / kSlabSize) & index->mask;; i = (i + 1) & index->mask) {
    const uintptr_t found = index->bases[i].load(std::memory_order_acquire);
    if (found == base) return true;
    if (found == 0) return false;
  }
}

inline HandleHeader* HandleSlabs::Find(const void* handle) const {
  const uintptr_t base = BaseOf(handle);
  if (!Contains(base)) return nullptr;
  const auto* slab = reinterpret_cast<const Slab*>(base);
  constexpr size_t kFirst = kSlabHeadSize + sizeof(HandleHeader);
  const size_t offset = reinterpret_cast<uintptr_t>(handle) - base - kFirst;
  if (offset >= kSlabSize) return nullptr;
  const size_t slot = (offset * slab->slots_per_4g) >> 32;
  if (slot * slab->slot_size != offset) return nullptr;
  if (slot >= slab->slot_count.load(std::memory_order_acquire)) return nullptr;
  HandleHeader& header = HeaderOf(handle);
  return header.state == HandleState::kUnused ? nullptr : &header;
}

// The slots of one type of handle. Used through HandlePool<T>. Any thread.
class SlotPool {
 public:
  SlotPool(HandleSlabs& slabs, abi::HandleKind kind, size_t handle_size);
  ~SlotPool();
  SlotPool(const SlotPool&) = delete;
  SlotPool& operator=(const SlotPool&) = delete;

  size_t live_count() const { return live_count_; }

 protected:
  void* Take(Module* owner);
  void Quarantine(void* handle);
  void ForEachLiveSlot(const std::function<void(HandleHeader&, void*)>& visit) const;

 private:
  HandleHeader* TakeFresh();
  void AddSlab();
  void Acquire() {
    while (busy_.test_and_set(std::memory_order_acquire)) {
    }
  }
  void Release() { busy_.clear(std::memory_order_release); }

  HandleSlabs& slabs_;
  const abi::HandleKind kind_;
  const size_t slot_size_;
  std::atomic_flag busy_;
  std::vector<void*> slabs_of_pool_;
  // The ended handles, in the order in which they ended.
  HandleHeader* oldest_ = nullptr;
  HandleHeader* newest_ = nullptr;
  size_t ended_count_ = 0;
  size_t live_count_ = 0;
};

inline void* SlotPool::Take(Module* owner) {
  Acquire();
  HandleHeader* header = oldest_;
  if (ended_count_ > slabs_.quarantine_size_) {
    oldest_ = header->next;
    --ended_count_;
  } else {
    header = TakeFresh();
  }
  ++live_count_;
  Release();
  header->kind = kind_;
  header->state = HandleState::kLive;
  ++header->generation;
  header->owner = owner;
  header->born_in = HandleSlabs::CurrentStamp().call;
  return header + 1;
}

inline void SlotPool::Quarantine(void* handle) {
  HandleHeader& header = HandleSlabs::HeaderOf(handle);
  Require(header.state == HandleState::kLive, "a handle ends once");
  const HandleSlabs::Stamp& stamp = HandleSlabs::CurrentStamp();
  header.state = HandleState::kEnded;
  header.ended_in = stamp.call;
  header.ended_by = stamp.function;
  Acquire();
  (ended_count_ == 0 ? oldest_ : newest_->next) = &header;
  newest_ = &header;
  ++ended_count_;
  --live_count_;
  Release();
}

// Makes and ends handles of type T, which is the opaque struct of redismodule.h.
template <typename T>
class HandlePool : public SlotPool {
 public:
  explicit HandlePool(HandleSlabs& slabs) : SlotPool(slabs, abi::kHandleKind<T>, sizeof(T)) {
    static_assert(alignof(T) <= 16);
  }
  ~HandlePool() {
    ForEachLiveSlot([](HandleHeader&, void* handle) { static_cast<T*>(handle)->~T(); });
  }

  template <typename... Args>
  T* New(Module* owner, Args&&... args) {
    void* place = Take(owner);
    return new (place) T{std::forward<Args>(args)...};
  }

  // Destroys the content and quarantines the place. The handle must be live.
  void End(T* handle) {
    handle->~T();
    Quarantine(handle);
  }

  void ForEachLive(const std::function<void(HandleHeader&, T&)>& visit) const {
    ForEachLiveSlot(
        [&](HandleHeader& header, void* handle) { visit(header, *static_cast<T*>(handle)); });
  }
};

}  // namespace modcert::module
