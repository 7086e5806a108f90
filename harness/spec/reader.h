// Reads spec files. An error has file, line and column, and a suggestion where a word is nearly
// right.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "spec/spec.h"

namespace modcert::spec {

// What "${NAME}" stands for in module paths, module arguments and sends: ("MODULES",
// "build/modules").
using Definitions = std::vector<std::pair<std::string, std::string>>;

// Reads the text of a spec file; `path` is what errors call it. The first error ends it.
Result<SpecFile> ReadSpec(std::string_view source, const std::string& path,
                          const Definitions& definitions);

// Reads a spec file.
Result<SpecFile> ReadSpecFile(const std::string& path, const Definitions& definitions);

}  // namespace modcert::spec
