// Which pages a fork gives to the child at once, and which the child has to fetch by itself, one
// fault after the other: for short children that is most of what they cost.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

namespace modcert::run {

// Puts the program's code and constants into large pages, where the system has them and the program
// is linked for them: then a fork gives all of it to the child by a few entries. Once for a process
// and those that it forks; for one with one thread.
void MoveCodeToLargePages();

// Leaves to be fetched what has been allocated until now: specs, most of it, of which a child needs
// one scenario. What is written from now on is given to children at once. A fork and the end of a
// child cost 80 ns for each page that is given. For a process with one thread, and before it maps
// foreign code: an allocator that is not ours may count on memory that it gave up to read as zeros.
void SetMemoryAside();

// Lets forks of this process take along the pages of code and constants that `rehearse` uses, as
// they take those of data. It does, once and here, what children will do. Changes nothing but
// speed; what the system refuses is left as it is. For a process with one thread.
void KeepPagesForChildren(const std::function<void()>& rehearse);

// What was set aside and has only been read since is left to be fetched again. Now and then, for
// who reads much of it, a little for each child.
void ForgetPagesOnlyRead();

// ---- Memory that children write, and so have to copy: in one go, rather than by a fault for each
// page. What the first ones write, the next ones write too.
struct PageRange {
  uintptr_t begin = 0;
  uintptr_t end = 0;
};

// Before a fork: notes which memory there is.
void NoteMemory();
// In a child of it: the pages that it has copied, as many as `ranges` has room for. Gives their
// count, and allocates nothing.
size_t FindPagesCopied(std::span<PageRange> ranges);
// In a later child: copies those pages.
void CopyPages(std::span<const PageRange> ranges);

}  // namespace modcert::run
