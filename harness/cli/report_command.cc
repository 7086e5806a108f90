// modcert report: prints or merges results that were written with --json.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/report_files.h"
#include "cli/terminal.h"
#include "report/json.h"
#include "report/text.h"
#include "spec/json_tree.h"

namespace modcert::cli {
namespace {

struct Arguments {
  std::vector<std::string> results;
  ReportFiles reports;
};

// One result out of several: the shards of one run.
Result<report::RunResult> Merge(const std::vector<std::string>& paths) {
  report::RunResult merged;
  for (const std::string& path : paths) {
    auto text = spec::ReadFile(path);
    if (!text) return tl::unexpected(text.error());
    auto run = report::RunFromJson(*text);
    if (!run) return Fail(path, "no result of modcert: " + run.error().problem);
    if (merged.target.empty()) merged.target = run->target;
    if (merged.profile.empty()) merged.profile = run->profile;
    for (auto& scenario : run->scenarios) merged.scenarios.push_back(std::move(scenario));
  }
  return merged;
}

Result<Exit> Render(const Arguments& arguments) {
  auto run = Merge(arguments.results);
  if (!run) return tl::unexpected(run.error());
  fmt::print("{}", report::Text(*run, ColourFor(stdout)));
  if (auto written = WriteReports(arguments.reports, *run); !written) {
    return tl::unexpected(written.error());
  }
  return run->conforms() ? Exit::kConforms : Exit::kFindings;
}

}  // namespace

void AddReport(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* report = app.add_subcommand("report", "Works on results written with --json.");
  report->require_subcommand(1);
  CLI::App* render =
      report->add_subcommand("render", "Prints results, and writes them in other formats.")
          ->alias("merge");
  render->add_option("FILE", arguments->results, "Results; several are merged")->required();
  AddReportFiles(*render, arguments->reports);
  render->callback([arguments, &exit] { exit = ExitOf(Render(*arguments)); });
}

}  // namespace modcert::cli
