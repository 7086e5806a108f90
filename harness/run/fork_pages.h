// Which pages a fork gives to the child at once, and which the child has to fetch by itself, one
// fault after the other: for short children that is most of what they cost.
#pragma once

#include <functional>

namespace modcert::run {

// Lets forks of this process take along the pages of code and constants that `rehearse` uses, as
// they take those of data. It does, once and here, what children will do. Memory that was freed
// goes back to the system before. Changes nothing but speed; what the system refuses is left as it
// is. For a process with one thread.
void KeepPagesForChildren(const std::function<void()>& rehearse);

}  // namespace modcert::run
