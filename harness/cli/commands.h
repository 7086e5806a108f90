// The subcommands of modcert, one file each. Each function adds its subcommand to `app`; when the
// user has chosen it, its callback does the work and stores the exit status.
#pragma once

#include "base/result.h"

namespace CLI {
class App;
}

namespace modcert::cli {

// What modcert exits with.
enum class Exit {
  kConforms = 0,  // nothing to complain about
  kFindings = 1,  // findings, failed expectations, differences
  kUsage = 2,     // wrong arguments or input
  kInternal = 3,  // modcert itself failed
};

// The status of a subcommand; an error is printed.
Exit ExitOf(const Result<Exit>& done);

void AddApi(CLI::App& app, Exit& exit);
void AddCertify(CLI::App& app, Exit& exit);
void AddRun(CLI::App& app, Exit& exit);
void AddDiff(CLI::App& app, Exit& exit);
void AddReport(CLI::App& app, Exit& exit);
void AddSpec(CLI::App& app, Exit& exit);

}  // namespace modcert::cli
