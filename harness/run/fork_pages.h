// Which pages a fork gives to the child at once, and which the child has to fetch by itself, one
// fault after the other: for short children that is most of what they cost.
#pragma once

#include <functional>

namespace modcert::run {

// Puts the program's code and constants into large pages, where the system has them and the program
// is linked for them: then a fork gives all of it to the child by a few entries. Once for a process
// and those that it forks; for one with one thread.
void MoveCodeToLargePages();

// Leaves to be fetched what has been allocated until now: specs, most of it, of which a child needs
// one scenario. What is written from now on is given to children at once. A fork and the end of a
// child cost 80 ns for each page that is given. For a process with one thread.
void SetMemoryAside();

// Lets forks of this process take along the pages of code and constants that `rehearse` uses, as
// they take those of data. It does, once and here, what children will do. Changes nothing but
// speed; what the system refuses is left as it is. For a process with one thread.
void KeepPagesForChildren(const std::function<void()>& rehearse);

}  // namespace modcert::run
