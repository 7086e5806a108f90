// Linux copies the page tables of a mapping at fork when it knows of pages that are the process's
// own, and leaves those of a mapped file to be found in the page cache by faults. A write that
// changes nothing makes a mapping one of the first kind.
#include "run/fork_pages.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

// Null in a build without a sanitizer. One keeps its own account of memory, and has gaps between
// constants that must not be read.
extern "C" [[gnu::weak]] size_t __sanitizer_get_allocated_size(const volatile void* memory);

namespace modcert::run {
namespace {

bool IsSanitized() { return __sanitizer_get_allocated_size != nullptr; }

struct Mapping {
  uintptr_t begin = 0;
  uintptr_t end = 0;
  int protection = PROT_NONE;
  unsigned long offset = 0;
  bool is_of_file = false;
  bool is_private = false;
  bool is_memory = false;  // that the program allocated: no file, stack or the like
  size_t used_kb = 0;
  size_t own_kb = 0;  // pages that are no longer those of the file: relocated constants, say

  void* address() const { return reinterpret_cast<void*>(begin); }
  size_t size() const { return end - begin; }
};

// "55d0-55d4 r-xp 00001000 fe:00 1234   /usr/bin/x"; false for a line of another kind.
bool ReadHead(const std::string& line, Mapping& mapping) {
  char flags[5] = {};
  unsigned long inode = 0;
  const int count = std::sscanf(line.c_str(), "%lx-%lx %4s %lx %*x:%*x %lu", &mapping.begin,
                                &mapping.end, flags, &mapping.offset, &inode);
  if (count != 5) return false;
  if (flags[0] == 'r') mapping.protection |= PROT_READ;
  if (flags[1] == 'w') mapping.protection |= PROT_WRITE;
  if (flags[2] == 'x') mapping.protection |= PROT_EXEC;
  mapping.is_of_file = inode != 0 && flags[3] == 'p';
  mapping.is_private = flags[3] == 'p';
  const bool has_name = line.find_first_of("/[") != line.npos;
  mapping.is_memory = inode == 0 && flags[3] == 'p' && (!has_name || line.ends_with("[heap]"));
  return true;
}

std::vector<Mapping> Mappings() {
  std::vector<Mapping> mappings;
  std::ifstream smaps("/proc/self/smaps");
  for (std::string line; std::getline(smaps, line);) {
    if (Mapping next; ReadHead(line, next)) {
      mappings.push_back(next);
    } else if (!mappings.empty()) {
      std::sscanf(line.c_str(), "Rss: %zu kB", &mappings.back().used_kb);
      std::sscanf(line.c_str(), "Anonymous: %zu kB", &mappings.back().own_kb);
    }
  }
  return mappings;
}

// Code and constants, just as they are in their file.
bool IsUnchanged(const Mapping& mapping) {
  return mapping.is_of_file && mapping.own_kb == 0 && (mapping.protection & PROT_READ) != 0 &&
         (mapping.protection & PROT_WRITE) == 0;
}

// What the kernel says of a page in /proc/self/pagemap.
using PageBits = uint64_t;
constexpr PageBits kPresent = PageBits{1} << 63;
constexpr PageBits kOfFile = PageBits{1} << 61;     // and not a copy of the process's own
constexpr PageBits kExclusive = PageBits{1} << 56;  // no other process has it

// Gives the ranges of pages for which `is_wanted`, one after the other. By system calls only: the
// pages of code and memory that finding out took would count as well.
template <typename IsWanted, typename Take>
void ForEachRange(const PageRange& in, int pagemap, const IsWanted& is_wanted, const Take& take) {
  static const auto page_size = static_cast<size_t>(getpagesize());
  std::array<PageBits, 512> pages;
  PageRange range;
  for (uintptr_t at = in.begin; at < in.end; at += pages.size() * page_size) {
    const size_t count = std::min(pages.size(), (in.end - at) / page_size);
    const auto offset = static_cast<off_t>(at / page_size * sizeof pages[0]);
    if (pread(pagemap, pages.data(), count * sizeof pages[0], offset) <= 0) return;
    for (size_t i = 0; i < count; ++i) {
      if (!is_wanted(pages[i])) continue;
      const uintptr_t page = at + i * page_size;
      if (page != range.end) {
        if (range.end != 0) take(range);
        range.begin = page;
      }
      range.end = page + page_size;
    }
  }
  if (range.end != 0) take(range);
}

bool IsUsed(const Mapping& mapping, int pagemap) {
  bool is_used = false;
  ForEachRange(
      {mapping.begin, mapping.end}, pagemap, [](PageBits page) { return (page & kPresent) != 0; },
      [&](const PageRange&) { is_used = true; });
  return is_used;
}

int OpenPagemap() { return open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC); }

std::vector<PageRange> set_aside;  // by SetMemoryAside
std::vector<PageRange> memory;     // by NoteMemory

// Puts a private mapping of a file with the same bytes in the place of memory. Nothing may be
// written there meanwhile.
void MoveToFile(const Mapping& memory) {
  // It may grow where it is, by mremap; all that lies behind the end reads as zeros.
  constexpr off_t kRoom = off_t{1} << 40;
  rlimit file_size = {};
  if (getrlimit(RLIMIT_FSIZE, &file_size) != 0 || file_size.rlim_cur != RLIM_INFINITY) return;
  const int fd = memfd_create("heap", MFD_CLOEXEC);
  if (fd < 0) return;
  const auto* at = static_cast<const char*>(memory.address());
  size_t left = memory.size();
  while (left > 0) {
    const ssize_t size = write(fd, at, left);
    if (size <= 0) break;
    at += size;
    left -= static_cast<size_t>(size);
  }
  if (left == 0 && ftruncate(fd, kRoom) == 0) {
    mmap(memory.address(), memory.size(), memory.protection, MAP_PRIVATE | MAP_FIXED, fd, 0);
    set_aside.push_back({memory.begin, memory.end});
  }
  close(fd);
}

// Large, and not mostly empty.
bool IsWorthMoving(const Mapping& mapping) {
  constexpr size_t kLeast = 256 * 1024;
  return mapping.is_memory && mapping.protection == (PROT_READ | PROT_WRITE) &&
         mapping.size() >= kLeast && mapping.used_kb * 1024 >= mapping.size() / 2;
}

void MakeOwn(const Mapping& mapping) {
  // All of it: a part with another protection would stay a mapping of its own.
  if (mprotect(mapping.address(), mapping.size(), mapping.protection | PROT_WRITE) != 0) return;
  // At once, because a read before the write would bring the pages around it.
  std::atomic_ref<char>(*static_cast<char*>(mapping.address())).fetch_or(0);
  mprotect(mapping.address(), mapping.size(), mapping.protection);
}

// ---- code in large pages: a fork copies one entry for each, and nothing is left to fetch ----

constexpr size_t kLargePage = size_t{2} << 20;

size_t LargeSize(const Mapping& mapping) {
  return (mapping.size() + kLargePage - 1) / kLargePage * kLargePage;
}

// The bytes of the mapping in large pages of memory, elsewhere; null when there are none.
void* CopyToLargePages(const Mapping& mapping, size_t size) {
  void* reserved = mmap(nullptr, size + kLargePage, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved == MAP_FAILED) return nullptr;
  const auto begin = reinterpret_cast<uintptr_t>(reserved);
  const uintptr_t aligned = (begin + kLargePage - 1) / kLargePage * kLargePage;
  if (aligned > begin) munmap(reserved, aligned - begin);
  munmap(reinterpret_cast<void*>(aligned + size), begin + kLargePage - aligned);
  auto* copy = reinterpret_cast<void*>(aligned);
  madvise(copy, size, MADV_HUGEPAGE);
  std::memcpy(copy, mapping.address(), mapping.size());
  // Fails where there are none, or not now: small pages would be worse than those of the file.
  constexpr int kCollapse = 25;  // MADV_COLLAPSE, which is younger than many headers
  if (madvise(copy, size, kCollapse) != 0) {
    munmap(copy, size);
    return nullptr;
  }
  mprotect(copy, size, mapping.protection);
  return copy;
}

// Code and constants that lie as large pages must, with nothing behind them that a last,
// half-filled page would cover. The head of the file stays: by it debuggers know what is mapped
// here.
bool FitsLargePages(const Mapping& mapping, const Mapping& next) {
  const size_t end = mapping.begin + LargeSize(mapping);
  return IsUnchanged(mapping) && mapping.offset != 0 && mapping.begin % kLargePage == 0 &&
         mapping.size() >= kLargePage / 4 && next.begin >= end;
}

}  // namespace

void MoveCodeToLargePages() {
  if (IsSanitized()) return;
  const std::vector<Mapping> mappings = Mappings();
  for (size_t i = 0; i + 1 < mappings.size(); ++i) {
    const Mapping& mapping = mappings[i];
    if (!FitsLargePages(mapping, mappings[i + 1])) continue;
    const size_t size = LargeSize(mapping);
    void* copy = CopyToLargePages(mapping, size);
    if (copy == nullptr) return;
    // This function goes on in the copy.
    if (mremap(copy, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, mapping.address()) == MAP_FAILED)
      munmap(copy, size);
  }
}

void SetMemoryAside() {
  if (IsSanitized()) return;
  malloc_trim(0);
  const std::vector<Mapping> mappings = Mappings();
  for (const Mapping& mapping : mappings)
    if (IsWorthMoving(mapping)) MoveToFile(mapping);
}

void KeepPagesForChildren(const std::function<void()>& rehearse) {
  std::vector<Mapping> mappings = Mappings();
  std::erase_if(mappings, [](const Mapping& mapping) { return !IsUnchanged(mapping); });
  const int pagemap = OpenPagemap();
  for (const Mapping& mapping : mappings) madvise(mapping.address(), mapping.size(), MADV_DONTNEED);
  rehearse();
  // Those that nobody used cost a fork least as they are.
  for (const Mapping& mapping : mappings)
    if (IsUsed(mapping, pagemap)) MakeOwn(mapping);
  if (pagemap >= 0) close(pagemap);
}

void ForgetPagesOnlyRead() {
  const int pagemap = OpenPagemap();
  const auto is_of_file = [](PageBits page) {
    return (page & (kPresent | kOfFile)) == (kPresent | kOfFile);
  };
  for (const PageRange& range : set_aside)
    ForEachRange(range, pagemap, is_of_file, [](const PageRange& read) {
      madvise(reinterpret_cast<void*>(read.begin), read.end - read.begin, MADV_DONTNEED);
    });
  if (pagemap >= 0) close(pagemap);
}

void NoteMemory() {
  memory.clear();
  if (IsSanitized()) return;  // its shadow has more pages than anybody can look at
  for (const Mapping& mapping : Mappings())
    if (mapping.is_private && mapping.protection == (PROT_READ | PROT_WRITE))
      memory.push_back({mapping.begin, mapping.end});
}

size_t FindPagesCopied(std::span<PageRange> ranges) {
  size_t count = 0;
  const int pagemap = OpenPagemap();
  const auto is_copied = [](PageBits page) {
    return (page & (kPresent | kOfFile | kExclusive)) == (kPresent | kExclusive);
  };
  for (const PageRange& range : memory)
    ForEachRange(range, pagemap, is_copied, [&](const PageRange& copied) {
      if (count < ranges.size()) ranges[count++] = copied;
    });
  if (pagemap >= 0) close(pagemap);
  return count;
}

void CopyPages(std::span<const PageRange> ranges) {
#ifdef MADV_POPULATE_WRITE
  for (const PageRange& range : ranges)
    madvise(reinterpret_cast<void*>(range.begin), range.end - range.begin, MADV_POPULATE_WRITE);
#else
  static_cast<void>(ranges);
#endif
}

}  // namespace modcert::run
