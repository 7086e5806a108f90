// Linux copies the page tables of a mapping at fork when it knows of pages that are the process's
// own, and leaves those of a mapped file to be found in the page cache by faults. A write that
// changes nothing makes a mapping one of the first kind.
#include "run/fork_pages.h"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

namespace modcert::run {
namespace {

struct Mapping {
  uintptr_t begin = 0;
  uintptr_t end = 0;
  int protection = PROT_NONE;
  bool is_of_file = false;
  size_t used_kb = 0;
  size_t own_kb = 0;  // pages that are no longer those of the file: relocated constants, say

  void* address() const { return reinterpret_cast<void*>(begin); }
  size_t size() const { return end - begin; }
};

// "55d0-55d4 r-xp 00001000 fe:00 1234   /usr/bin/x"; false for a line of another kind.
bool ReadHead(const std::string& line, Mapping& mapping) {
  char flags[5] = {};
  unsigned long inode = 0;
  const int count = std::sscanf(line.c_str(), "%lx-%lx %4s %*x %*x:%*x %lu", &mapping.begin,
                                &mapping.end, flags, &inode);
  if (count != 4) return false;
  if (flags[0] == 'r') mapping.protection |= PROT_READ;
  if (flags[1] == 'w') mapping.protection |= PROT_WRITE;
  if (flags[2] == 'x') mapping.protection |= PROT_EXEC;
  mapping.is_of_file = inode != 0 && flags[3] == 'p';
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

void MakeOwn(const Mapping& mapping) {
  // All of it: a part with another protection would stay a mapping of its own.
  if (mprotect(mapping.address(), mapping.size(), mapping.protection | PROT_WRITE) != 0) return;
  auto* first = static_cast<volatile char*>(mapping.address());
  *first = *first;
  mprotect(mapping.address(), mapping.size(), mapping.protection);
}

}  // namespace

void KeepPagesForChildren(const std::function<void()>& rehearse) {
  malloc_trim(0);
  for (const Mapping& mapping : Mappings())
    if (IsUnchanged(mapping)) madvise(mapping.address(), mapping.size(), MADV_DONTNEED);
  rehearse();
  // Those that nobody used cost a fork least as they are.
  for (const Mapping& mapping : Mappings())
    if (IsUnchanged(mapping) && mapping.used_kb > 0) MakeOwn(mapping);
}

}  // namespace modcert::run
