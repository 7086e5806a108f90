#include "base/require.h"

#include <cstdio>
#include <cstdlib>

namespace modcert {

void RequirementFailed(const char* file, int line, const char* text) {
  std::fprintf(stderr, "modcert: internal error at %s:%d: %s\n", file, line, text);
  std::fprintf(stderr, "modcert: this is a defect of modcert, not of the module under test\n");
  std::abort();
}

}  // namespace modcert
