#include "cli/run_arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/spec_files.h"
#include "cli/target_choice.h"
#include "cli/terminal.h"
#include "report/text.h"

namespace modcert::cli {
namespace {

std::string_view FileName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Puts the module in place of those of the same file name that scenarios load by themselves.
// Returns whether there are any.
bool UseModuleInSteps(const std::string& path, spec::SpecFile& file) {
  bool found = false;
  for (spec::Scenario& scenario : file.scenarios) {
    for (spec::Step& step : scenario.steps) {
      auto* send = std::get_if<spec::SendStep>(&step.action);
      if (!send || send->argv.size() < 3 || send->argv[0] != "MODULE" || send->argv[1] != "LOAD" ||
          FileName(send->argv[2]) != FileName(path))
        continue;
      send->argv[2] = path;
      found = true;
    }
  }
  return found;
}

// A module of --module is loaded in every world, in place of one of the same file name; a file
// whose scenarios load it themselves keeps its worlds as they are.
void UseModule(const std::string& path, spec::SpecFile& file) {
  if (UseModuleInSteps(path, file)) return;
  const auto same = std::find_if(
      file.modules.begin(), file.modules.end(),
      [&](const spec::ModuleUse& use) { return FileName(use.path) == FileName(path); });
  if (same != file.modules.end()) {
    same->path = path;
  } else {
    file.modules.push_back({.path = path, .args = {}});
  }
}

}  // namespace

void AddRunArguments(CLI::App& command, RunArguments& arguments) {
  command.add_option("SPEC", arguments.specs, "Spec files, or folders of them");
  command.add_option("--module", arguments.modules, "Load this module in every world");
  command.add_option("--define", arguments.definitions, "NAME=VALUE for ${NAME} in specs");
  command.add_option("--target", arguments.target, "inprocess, redis, HOST:PORT or a unix socket")
      ->capture_default_str();
  command.add_option(
      "--profile", arguments.host.profile,
      "Server version that the host imitates: redis-7.0 ... (default: what each spec "
      "file is for)");
  command.add_flag("--no-validation{false}", arguments.host.validates,
                   "Give modules the bare API functions: no checks of how they are called");
  command.add_option("--filter", arguments.filter, "Only scenarios whose name this regex finds");
  command.add_option("--shard", arguments.shard, "I/N: every N-th scenario")->capture_default_str();
  command.add_option("--jobs", arguments.jobs, "Scenarios at the same time")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command.add_option("--isolate", arguments.isolate, "none, or fork: each scenario in a process")
      ->check(CLI::IsMember({"none", "fork"}))
      ->capture_default_str();
  command.add_option("--timeout-ms", arguments.timeout_ms, "Limit of one scenario in a process")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
}

Result<std::vector<spec::SpecFile>> ReadSpecs(const RunArguments& arguments) {
  if (arguments.specs.empty())
    return Fail("SPEC", "no spec file or folder is given", "modcert run specs/modules");
  auto definitions = MakeDefinitions(arguments.definitions);
  if (!definitions) return tl::unexpected(definitions.error());
  auto files = ReadSpecFiles(arguments.specs, *definitions);
  if (!files) return files;
  for (spec::SpecFile& file : *files) {
    for (const std::string& module : arguments.modules) UseModule(module, file);
  }
  return files;
}

Result<std::vector<run::Pick>> PickScenarios(const RunArguments& arguments,
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

Result<run::Side> MakeSide(const RunArguments& arguments, const std::string& target) {
  auto make_target = ChooseTarget(target, arguments.host);
  if (!make_target) return tl::unexpected(make_target.error());
  run::Side side;
  side.make_target = *std::move(make_target);
  side.target_text = target;
  // A real server is a process of its own already.
  const bool forks = IsInProcess(target) && arguments.isolate == "fork";
  side.isolate = forks ? run::Isolate::kFork : run::Isolate::kNone;
  side.limits.timeout_ms = arguments.timeout_ms;
  return side;
}

Result<run::RunOptions> MakeRunOptions(const RunArguments& arguments) {
  auto side = MakeSide(arguments, arguments.target);
  if (!side) return tl::unexpected(side.error());
  run::RunOptions options;
  options.side = *std::move(side);
  for (const std::string& module : arguments.modules) {
    options.more_arguments.insert(options.more_arguments.end(), {"--module", module});
  }
  for (const std::string& definition : arguments.definitions) {
    options.more_arguments.insert(options.more_arguments.end(), {"--define", definition});
  }
  if (!arguments.host.profile.empty())
    options.more_arguments.insert(options.more_arguments.end(),
                                  {"--profile", arguments.host.profile});
  if (!arguments.host.validates) options.more_arguments.emplace_back("--no-validation");
  options.jobs = arguments.jobs;
  options.on_result = [](const report::ScenarioResult& result) {
    fmt::print("{}", report::TextOfScenario(result, ColourFor(stdout)));
  };
  return options;
}

}  // namespace modcert::cli
