// modcert diff: carries out spec files on two targets and shows where they differ.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/report_files.h"
#include "cli/run_arguments.h"
#include "cli/target_choice.h"
#include "cli/terminal.h"
#include "report/text.h"
#include "run/random_diff.h"

namespace modcert::cli {
namespace {

struct Arguments {
  RunArguments run;
  ReportFiles reports;
  std::string against = "redis";
  run::RandomDiffOptions random;  // count 0: spec files
};

// Random commands instead of spec files.
Result<Exit> DiffRandomCommands(const Arguments& arguments) {
  if (!arguments.run.specs.empty())
    return Fail("--random", "goes without spec files", "leave out either of the two");
  auto left = ChooseTarget(arguments.run.target, arguments.run.host);
  if (!left) return tl::unexpected(left.error());
  auto right = ChooseTarget(arguments.against, arguments.run.host);
  if (!right) return tl::unexpected(right.error());
  auto result = run::DiffRandom(*(*left)(), *(*right)(), arguments.random);
  if (!result) return tl::unexpected(result.error());
  if (!result->difference) {
    fmt::print("{} random commands of seed {}: no difference\n", result->commands_run,
               arguments.random.seed);
    return Exit::kConforms;
  }
  const std::string groups =
      arguments.random.groups.empty()
          ? ""
          : fmt::format(" --groups {}", fmt::join(arguments.random.groups, ","));
  fmt::print(
      "random command {0} of seed {1} differs:\n{2}"
      "reproduce: modcert diff --random {0} --seed {1}{3}\n",
      result->commands_run + 1, arguments.random.seed, *result->difference, groups);
  return Exit::kFindings;
}

Result<Exit> Diff(const Arguments& arguments) {
  if (arguments.random.count > 0) return DiffRandomCommands(arguments);
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
  diff->add_option("--random", arguments->random.count,
                   "Compare this many random commands instead of spec files")
      ->check(CLI::PositiveNumber);
  diff->add_option("--seed", arguments->random.seed, "Which random commands")
      ->capture_default_str();
  diff->add_option("--groups", arguments->random.groups,
                   "Only random commands of these groups, such as strings,keys")
      ->delimiter(',');
  diff->callback([arguments, &exit] { exit = ExitOf(Diff(*arguments)); });
}

}  // namespace modcert::cli
