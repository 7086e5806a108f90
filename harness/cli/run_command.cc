// modcert run: carries out spec files on a target.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/report_files.h"
#include "cli/run_arguments.h"
#include "cli/terminal.h"
#include "report/text.h"

namespace modcert::cli {
namespace {

struct Arguments {
  RunArguments run;
  ReportFiles reports;
};

Result<Exit> Run(const Arguments& arguments) {
  auto options = MakeRunOptions(arguments.run);
  if (!options) return tl::unexpected(options.error());
  auto files = ReadSpecs(arguments.run);
  if (!files) return tl::unexpected(files.error());
  auto picks = PickScenarios(arguments.run, *files);
  if (!picks) return tl::unexpected(picks.error());
  const auto result = run::RunPicks(*picks, *options);
  fmt::print("{}", report::TextSummary(result, ColourFor(stdout)));
  if (auto written = WriteReports(arguments.reports, result); !written) {
    return tl::unexpected(written.error());
  }
  return result.conforms() ? Exit::kConforms : Exit::kFindings;
}

}  // namespace

void AddRun(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* run = app.add_subcommand("run", "Runs spec files on a target.");
  AddRunArguments(*run, arguments->run);
  AddReportFiles(*run, arguments->reports);
  run->callback([arguments, &exit] { exit = ExitOf(Run(*arguments)); });
}

}  // namespace modcert::cli
