// Which pages a fork gives to the child at once, and which the child has to fetch by itself, one
// fault after the other: for short children that is most of what they cost.
#pragma once

namespace modcert::run {

// Lets forks of this process take the pages of code and constants along that it has in use, as they
// take those of data. Those in use until now are let go: do afterwards, once, what children will
// do, and they find what they need. Memory that was freed goes back to the system. Changes nothing
// but speed; what the system refuses is left as it is. For one thread.
void KeepPagesForChildren();

}  // namespace modcert::run
