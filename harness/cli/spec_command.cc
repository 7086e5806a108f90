// modcert spec check: says whether spec files are well formed, and where they are not.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/spec_files.h"
#include "cli/terminal.h"

namespace modcert::cli {
namespace {

struct Arguments {
  std::vector<std::string> specs;
  std::vector<std::string> definitions;
};

Result<Exit> Check(const Arguments& arguments) {
  auto definitions = MakeDefinitions(arguments.definitions);
  if (!definitions) return tl::unexpected(definitions.error());
  auto paths = FindSpecFiles(arguments.specs);
  if (!paths) return tl::unexpected(paths.error());
  size_t scenario_count = 0;
  size_t wrong_count = 0;
  for (const std::string& path : *paths) {
    const auto file = spec::ReadSpecFile(path, *definitions);
    if (!file) PrintError(file.error());
    wrong_count += file ? 0 : 1;
    scenario_count += file ? file->scenarios.size() : 0;
  }
  fmt::print("{} files with {} scenarios, {} wrong\n", paths->size(), scenario_count, wrong_count);
  return wrong_count == 0 ? Exit::kConforms : Exit::kUsage;
}

}  // namespace

void AddSpec(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* spec = app.add_subcommand("spec", "Works on spec files.");
  spec->require_subcommand(1);
  CLI::App* check = spec->add_subcommand("check", "Checks that spec files are well formed.");
  check->add_option("FILE", arguments->specs, "Spec files, or folders of them")->required();
  check->add_option("--define", arguments->definitions, "NAME=VALUE for ${NAME} in specs");
  check->callback([arguments, &exit] { exit = ExitOf(Check(*arguments)); });
}

}  // namespace modcert::cli
