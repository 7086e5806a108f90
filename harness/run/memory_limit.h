// The limit of what a child may allocate.
#pragma once

#include <cstddef>

namespace modcert::run {

// What this process may write to and shares with nobody: what the kernel's limit counts. Unlike the
// address space, it grows under AddressSanitizer too when memory is allocated.
size_t DataNow();

// From here on this process gets `bytes` beyond `data_before`. Without a sanitizer, allocations
// fail then. AddressSanitizer cannot do without memory of its own, and may hang when the kernel
// refuses it: there, the program's allocations are counted, and the one beyond the limit calls
// `at_limit`, which must not return.
void LimitMemory(size_t bytes, size_t data_before, void (*at_limit)());
// For a report of how it ended, which needs memory too. May be called in a signal handler.
void LiftMemoryLimit();

}  // namespace modcert::run
