// modcert diff: carries out spec files on two targets and shows where they differ.
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
  std::string against = "redis";
};

Result<Exit> Diff(const Arguments& arguments) {
  auto options = MakeRunOptions(arguments.run);
  if (!options) return tl::unexpected(options.error());
  auto against = MakeSide(arguments.run, arguments.against);
  if (!against) return tl::unexpected(against.error());
  auto files = ReadSpecs(arguments.run);
  if (!files) return tl::unexpected(files.error());
  auto picks = PickScenarios(arguments.run, *files);
  if (!picks) return tl::unexpected(picks.error());
  const auto result = run::DiffPicks(*picks, *options, *against);
  fmt::print("{}", report::TextSummary(result, ColourFor(stdout)));
  if (auto written = WriteReports(arguments.reports, result); !written) {
    return tl::unexpected(written.error());
  }
  return result.conforms() ? Exit::kConforms : Exit::kFindings;
}

}  // namespace

void AddDiff(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* diff = app.add_subcommand("diff", "Runs spec files on two targets and compares them.");
  AddRunArguments(*diff, arguments->run);
  AddReportFiles(*diff, arguments->reports);
  diff->add_option("--against", arguments->against, "The other target, like --target")
      ->capture_default_str();
  diff->callback([arguments, &exit] { exit = ExitOf(Diff(*arguments)); });
}

}  // namespace modcert::cli
