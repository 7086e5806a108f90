// Spec files as the command line names them: files, and folders that are walked for *.json.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "spec/reader.h"

namespace modcert::cli {

// The paths of all spec files, sorted within each folder. Fails when a path does not exist or a
// folder has none.
Result<std::vector<std::string>> FindSpecFiles(const std::vector<std::string>& paths);

// What "${NAME}" means: MODULES is the folder `modules` beside the program, SYSTEM_MODULES is where
// Debian puts modules; `more` are "NAME=VALUE" of the user and win.
Result<spec::Definitions> MakeDefinitions(const std::vector<std::string>& more);

// Reads them all; the first error ends it.
Result<std::vector<spec::SpecFile>> ReadSpecFiles(const std::vector<std::string>& paths,
                                                  const spec::Definitions& definitions);

}  // namespace modcert::cli
