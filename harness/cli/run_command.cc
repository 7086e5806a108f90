// modcert run: carries out spec files on a target.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/spec_files.h"
#include "cli/target_choice.h"
#include "cli/terminal.h"
#include "report/text.h"
#include "run/runner.h"

namespace modcert::cli {
namespace {

struct Arguments {
  std::vector<std::string> specs;
  std::vector<std::string> modules;
  std::vector<std::string> definitions;
  std::string target = "inprocess";
  std::string filter;
  std::string shard = "1/1";
  std::string isolate = "fork";
  int jobs = 1;
  int timeout_ms = 30000;
};

// A module of --module is loaded in every world, in place of one of the same file name.
void UseModules(const std::vector<std::string>& modules, std::vector<spec::SpecFile>& files) {
  const auto name_of = [](const std::string& path) { return path.substr(path.rfind('/') + 1); };
  for (const std::string& path : modules) {
    for (spec::SpecFile& file : files) {
      auto same = std::find_if(
          file.modules.begin(), file.modules.end(),
          [&](const spec::ModuleUse& use) { return name_of(use.path) == name_of(path); });
      if (same != file.modules.end()) {
        same->path = path;
      } else {
        file.modules.push_back({.path = path, .args = {}});
      }
    }
  }
}

Result<std::vector<run::Pick>> PickScenarios(const Arguments& arguments,
                                             const std::vector<spec::SpecFile>& files) {
  auto selection = run::ParseShard(arguments.shard);
  if (!selection) return tl::unexpected(selection.error());
  selection->filter = arguments.filter;
  auto picks = run::Select(files, *selection);
  if (picks && picks->empty() && !arguments.filter.empty() && selection->shard_count == 1) {
    return Fail("--filter", fmt::format("no scenario is named like '{}'", arguments.filter));
  }
  return picks;
}

Result<std::vector<spec::SpecFile>> ReadFiles(const Arguments& arguments) {
  auto definitions = MakeDefinitions(arguments.definitions);
  if (!definitions) return tl::unexpected(definitions.error());
  auto files = ReadSpecFiles(arguments.specs, *definitions);
  if (files) UseModules(arguments.modules, *files);
  return files;
}

run::RunOptions OptionsOf(const Arguments& arguments, run::TargetFactory make_target) {
  run::RunOptions options;
  options.make_target = std::move(make_target);
  options.target_text = arguments.target;
  for (const std::string& module : arguments.modules) {
    options.more_arguments.insert(options.more_arguments.end(), {"--module", module});
  }
  const bool forks = IsInProcess(arguments.target) && arguments.isolate == "fork";
  options.isolation = forks ? run::Isolate::kFork : run::Isolate::kNone;
  options.jobs = arguments.jobs;
  options.timeout_ms = arguments.timeout_ms;
  options.on_result = [](const report::ScenarioResult& result) {
    fmt::print("{}", report::TextOfScenario(result, ColourFor(stdout)));
  };
  return options;
}

Result<Exit> Run(const Arguments& arguments) {
  auto make_target = ChooseTarget(arguments.target);
  if (!make_target) return tl::unexpected(make_target.error());
  auto files = ReadFiles(arguments);
  if (!files) return tl::unexpected(files.error());
  auto picks = PickScenarios(arguments, *files);
  if (!picks) return tl::unexpected(picks.error());
  const auto result = run::RunPicks(*picks, OptionsOf(arguments, *std::move(make_target)));
  fmt::print("{}", report::TextSummary(result, ColourFor(stdout)));
  return result.conforms() ? Exit::kConforms : Exit::kFindings;
}

}  // namespace

void AddRun(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* run = app.add_subcommand("run", "Runs spec files on a target.");
  run->add_option("SPEC", arguments->specs, "Spec files, or folders of them")->required();
  run->add_option("--module", arguments->modules, "Load this module in every world");
  run->add_option("--define", arguments->definitions, "NAME=VALUE for ${NAME} in specs");
  run->add_option("--target", arguments->target, "inprocess, redis, HOST:PORT or a unix socket")
      ->capture_default_str();
  run->add_option("--filter", arguments->filter, "Only scenarios whose name this regex finds");
  run->add_option("--shard", arguments->shard, "I/N: every N-th scenario")->capture_default_str();
  run->add_option("--jobs", arguments->jobs, "Scenarios at the same time")
      ->check(CLI::Range(1, 256));
  run->add_option("--isolate", arguments->isolate, "none or fork")
      ->check(CLI::IsMember({"none", "fork"}))
      ->capture_default_str();
  run->add_option("--timeout-ms", arguments->timeout_ms, "Limit of one scenario")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  run->callback([arguments, &exit] {
    const auto done = Run(*arguments);
    if (!done) PrintError(done.error());
    exit = done.value_or(Exit::kUsage);
  });
}

}  // namespace modcert::cli
