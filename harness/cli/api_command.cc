// modcert api: which API functions there are, and which of them a module needs.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "abi/api_table.h"
#include "abi/functions.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "module/api_tables.h"
#include "report/certificate.h"
#include "run/certification.h"

namespace modcert::cli {
namespace {

using JsonNode = nlohmann::ordered_json;

struct Arguments {
  std::string module;
  std::vector<std::string> args;
  std::string profile;
  std::string json;
};

// What the host has of one function in one profile.
struct State {
  std::string word;    // "implemented", "partial", "not implemented", "not in profile"
  std::string reason;  // of "partial"
};

State StateOf(const abi::Function& function, const abi::ApiTable& table) {
  if (!abi::AvailableIn(function, table.profile())) return {"not in profile", {}};
  const abi::ApiRow* row = table.row(function.name);
  if (!row) return {"not implemented", {}};
  if (row->partial) return {"partial", row->partial};
  return {"implemented", {}};
}

std::string First(const std::optional<abi::Version>& version) {
  return version ? version->ToString() : "-";
}

// The functions of the profile, or of all servers when it is empty.
Result<Exit> ListAll(const Arguments& arguments) {
  const auto found = module::ApiTableOf(arguments.profile);
  if (!found) return tl::unexpected(found.error());
  const abi::ApiTable& table = **found;
  JsonNode functions = JsonNode::array();
  std::map<std::string, int> counts;
  fmt::print("{:<36} {:<10} {:<10} {}\n", "function", "redis", "valkey", table.profile().name);
  for (const abi::Function& function : abi::AllFunctions()) {
    const State state = StateOf(function, table);
    ++counts[state.word];
    fmt::print("{:<36} {:<10} {:<10} {}{}\n", function.name, First(function.redis),
               First(function.valkey), state.word, state.reason.empty() ? "" : ": " + state.reason);
    functions.push_back({{"name", function.name},
                         {"section", function.section},
                         {"redis", First(function.redis)},
                         {"valkey", First(function.valkey)},
                         {"state", state.word},
                         {"reason", state.reason}});
  }
  for (const auto& [word, count] : counts) fmt::print("{}: {}\n", word, count);
  if (arguments.json.empty()) return Exit::kConforms;
  const JsonNode all = {
      {"modcert", 1}, {"profile", table.profile().name}, {"functions", functions}};
  if (auto written = WriteOutput(arguments.json, all.dump(2) + "\n"); !written)
    return tl::unexpected(written.error());
  return Exit::kConforms;
}

std::string WordFor(const report::FunctionFacts& function) {
  if (!function.in_profile) return "not in profile";
  return function.implemented ? "implemented" : "not implemented by modcert";
}

Result<Exit> ListOfModule(const Arguments& arguments) {
  run::CertifyOptions options;
  options.path = arguments.module;
  options.args = arguments.args;
  options.profile = arguments.profile;
  options.only = "load";
  const auto certificate = run::Certify(options);
  if (!certificate) return tl::unexpected(certificate.error());
  const report::ModuleFacts& module = certificate->module;
  if (!module.loaded) {
    fmt::print("{}", report::CertificateText(*certificate, ColourFor(stdout)));
    return Exit::kFindings;
  }
  for (const report::FunctionFacts& function : module.functions) {
    const char* use = !module.tells_use ? "looked up" : function.used ? "used" : "only looked up";
    fmt::print("{:<36} {:<16} {}\n", function.name, use, WordFor(function));
  }
  const auto version = [](const std::string& text) { return text.empty() ? "none" : text; };
  fmt::print("first Redis with all that it uses: {}\nfirst Valkey with all that it uses: {}\n",
             version(module.first_redis), version(module.first_valkey));
  if (!arguments.json.empty())
    if (auto written = WriteOutput(arguments.json, report::JsonOfModuleFacts(module) + "\n");
        !written)
      return tl::unexpected(written.error());
  return Exit::kConforms;
}

}  // namespace

void AddApi(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "api", "Lists the API functions that a module needs, or all with what modcert has of them.");
  command->add_option("MODULE", arguments->module, "The module's .so; none: all functions");
  command->add_option("--args", arguments->args, "Arguments to load it with");
  command->add_option("--profile", arguments->profile, "Server version to imitate: redis-7.0 ...");
  command->add_option("--json", arguments->json, "Write the list as JSON");
  command->callback([arguments, &exit] {
    exit = ExitOf(arguments->module.empty() ? ListAll(*arguments) : ListOfModule(*arguments));
  });
}

}  // namespace modcert::cli
