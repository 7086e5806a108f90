// modcert run: carries out spec files on a target.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/report_files.h"
#include "cli/run_arguments.h"
#include "cli/terminal.h"
#include "report/text.h"
#include "run/record.h"
#include "run/scenario_runner.h"
#include "spec/json_tree.h"

namespace modcert::cli {
namespace {

struct Arguments {
  RunArguments run;
  ReportFiles reports;
  bool record = false;
};

// --record: rewrites each file with what the target answered.
Status RecordFile(const spec::SpecFile& file, const std::vector<run::Pick>& picks,
                  run::ScenarioRunner& runner) {
  std::vector<run::RecordedScenario> recorded;
  for (const run::Pick& pick : picks) {
    if (pick.file != &file) continue;
    auto& scenario = recorded.emplace_back();
    scenario.scenario = pick.scenario;
    const auto result = runner.Run(pick, &scenario.records);
    if (result.verdict == report::Verdict::kError) return Fail(result.place, result.reason);
  }
  const auto source = spec::ReadFile(file.path);
  if (!source) return tl::unexpected(source.error());
  const std::string text = run::WithRecordedReplies(*source, recorded);
  if (text == *source) return {};
  fmt::print("{}: expectations rewritten\n", file.path);
  return WriteOutput(file.path, text);
}

Result<Exit> Record(const std::vector<spec::SpecFile>& files, const std::vector<run::Pick>& picks,
                    const run::Side& side) {
  run::ScenarioRunner runner(side);
  for (const spec::SpecFile& file : files) {
    if (auto done = RecordFile(file, picks, runner); !done) return tl::unexpected(done.error());
  }
  return Exit::kConforms;
}

Result<Exit> Run(const Arguments& arguments) {
  auto options = MakeRunOptions(arguments.run);
  if (!options) return tl::unexpected(options.error());
  auto files = ReadSpecs(arguments.run);
  if (!files) return tl::unexpected(files.error());
  auto picks = PickScenarios(arguments.run, *files);
  if (!picks) return tl::unexpected(picks.error());
  if (arguments.record) return Record(*files, *picks, options->side);
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
  run->add_flag("--record", arguments->record,
                "Rewrite the plain expectations of SPEC with what the target answers");
  run->callback([arguments, &exit] { exit = ExitOf(Run(*arguments)); });
}

}  // namespace modcert::cli
