// The arguments that `run` and `diff` have in common, and what follows from them.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/target_choice.h"
#include "run/runner.h"
#include "spec/spec.h"

namespace CLI {
class App;
}

namespace modcert::cli {

struct RunArguments {
  std::vector<std::string> specs;
  std::vector<std::string> modules;
  std::vector<std::string> definitions;
  std::string target = "inprocess";
  HostChoice host;
  std::string filter;
  std::string shard = "1/1";
  std::string isolate = "fork";
  int jobs = 1;
  int timeout_ms = 30000;
};

// Adds the options to a subcommand.
void AddRunArguments(CLI::App& command, RunArguments& arguments);

// Reads the spec files, with the modules of --module in place.
Result<std::vector<spec::SpecFile>> ReadSpecs(const RunArguments& arguments);

// The scenarios that filter and shard leave. Fails when a filter leaves none.
Result<std::vector<run::Pick>> PickScenarios(const RunArguments& arguments,
                                             const std::vector<spec::SpecFile>& files);

// The target called `target`, with the isolation that it needs.
Result<run::Side> MakeSide(const RunArguments& arguments, const std::string& target);

// Everything else: prints what goes wrong as it happens.
Result<run::RunOptions> MakeRunOptions(const RunArguments& arguments);

}  // namespace modcert::cli
