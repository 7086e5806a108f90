// modcert: certifies Redis and Valkey modules. Chooses a subcommand; each is in a file of its own.
#include <signal.h>

#include <CLI/CLI.hpp>

#include "cli/commands.h"

int main(int argc, char** argv) {
  using modcert::cli::Exit;
  // A reader of our output that has seen enough is no crash.
  signal(SIGPIPE, SIG_IGN);
  CLI::App app("Certifies Redis and Valkey modules.", "modcert");
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::help);
  Exit exit = Exit::kConforms;
  modcert::cli::AddCertify(app, exit);
  modcert::cli::AddApi(app, exit);
  modcert::cli::AddRun(app, exit);
  modcert::cli::AddDiff(app, exit);
  modcert::cli::AddSpec(app, exit);
  modcert::cli::AddReport(app, exit);
  // CLI11 reports with exceptions; they end here.
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(Exit::kUsage);
  }
  return static_cast<int>(exit);
}
