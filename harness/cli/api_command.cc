// modcert api: what a module needs of the Module API, and what modcert has of it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "abi/functions.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "report/certificate.h"
#include "run/api_coverage.h"
#include "run/profile_matrix.h"

namespace modcert::cli {
namespace {

struct Arguments {
  std::string module;
  std::vector<std::string> args;
  bool coverage = false;
  std::string specs = "specs";
  std::string json;
};

Result<Exit> ShowCoverage(const Arguments& arguments) {
  const auto coverage = run::FindApiCoverage(arguments.specs);
  if (!coverage) return tl::unexpected(coverage.error());
  fmt::print("{}", run::ApiCoverageText(*coverage));
  if (!arguments.json.empty())
    if (auto written = WriteOutput(arguments.json, run::ApiCoverageJson(*coverage)); !written)
      return tl::unexpected(written.error());
  return coverage->complete() ? Exit::kConforms : Exit::kFindings;
}

std::string VersionsOf(const abi::Function& function) {
  const auto first = [](const std::optional<abi::Version>& version) {
    return version ? version->ToString() : "-";
  };
  return fmt::format("{:<8} {:<8}", first(function.redis), first(function.valkey));
}

// The functions of all servers, with what this host has of them in none of them in particular.
Exit ListAll() {
  fmt::print("{:<38} {:<8} {:<8} {}\n", "function", "redis", "valkey", "section");
  for (const abi::Function& function : abi::AllFunctions())
    fmt::print("{:<38} {} {}\n", function.name, VersionsOf(function), function.section);
  return Exit::kConforms;
}

void PrintFunctions(const report::ModuleFacts& module) {
  fmt::print("{:<38} {:<15} {:<8} {:<8}\n", "function", "", "redis", "valkey");
  for (const report::FunctionFacts& asked : module.functions) {
    const char* use = !module.tells_use ? "looked up" : asked.used ? "used" : "only looked up";
    const abi::Function* known = abi::Find(asked.name);
    fmt::print("{:<38} {:<15} {}{}\n", asked.name, use,
               known ? VersionsOf(*known) : "in no release",
               asked.implemented || !known ? "" : " modcert does not implement it");
  }
  const auto version = [](const std::string& text) { return text.empty() ? "none" : text; };
  fmt::print("first Redis with all that it uses: {}\nfirst Valkey with all that it uses: {}\n",
             version(module.first_redis), version(module.first_valkey));
}

Result<Exit> ListOfModule(const Arguments& arguments) {
  run::CertifyOptions options;
  options.path = arguments.module;
  options.args = arguments.args;
  const auto survival = run::TrySurvival(options);
  if (!survival) return tl::unexpected(survival.error());
  const report::ModuleFacts& module = survival->module;
  if (module.loaded) PrintFunctions(module);
  fmt::print("{}", report::TextOfProfiles(survival->profiles, ColourFor(stdout)));
  if (!arguments.json.empty())
    if (auto written = WriteOutput(arguments.json, run::JsonOfSurvival(*survival)); !written)
      return tl::unexpected(written.error());
  return module.loaded ? Exit::kConforms : Exit::kFindings;
}

}  // namespace

void AddApi(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "api", "What a module needs of the Module API, and on which servers it gets it.");
  command->add_option("MODULE", arguments->module, "The module's .so; none: all functions");
  command->add_option("--args", arguments->args, "Arguments to load it with");
  command->add_flag("--coverage", arguments->coverage,
                    "What modcert has of the API: functions, contracts, proofs");
  command->add_option("--specs", arguments->specs, "The folder with the contracts and their proofs")
      ->capture_default_str();
  command->add_option("--json", arguments->json, "Write the same as JSON");
  command->callback([arguments, &exit] {
    if (arguments->coverage) {
      exit = ExitOf(ShowCoverage(*arguments));
    } else if (arguments->module.empty()) {
      exit = ListAll();
    } else {
      exit = ExitOf(ListOfModule(*arguments));
    }
  });
}

}  // namespace modcert::cli
