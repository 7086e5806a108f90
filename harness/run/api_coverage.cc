#include "run/api_coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "abi/api_table.h"
#include "abi/functions.h"
#include "module/api_tables.h"

namespace modcert::run {
namespace {

namespace fs = std::filesystem;
using JsonNode = nlohmann::ordered_json;
using Function = ApiCoverage::Function;
using Contract = ApiCoverage::Contract;

// ---- the host ----

std::string First(const std::optional<abi::Version>& version) {
  return version ? version->ToString() : std::string();
}

// Where a server of each kind that has all it ever had would answer from.
const abi::ApiTable& NewestTable(abi::ServerKind kind) {
  const abi::Profile* newest = nullptr;
  for (const abi::Profile& profile : abi::AllProfiles())
    if (profile.kind == kind) newest = &profile;
  return module::ApiTableOf(*newest);
}

// The worse of what the two servers would have: a name that they gave different arguments has two
// rows.
Function StateOf(const abi::Function& function) {
  Function out{.name = std::string(function.name),
               .section = std::string(function.section),
               .redis = First(function.redis),
               .valkey = First(function.valkey),
               .state = "never released"};
  for (const abi::ServerKind kind : {abi::ServerKind::kRedis, abi::ServerKind::kValkey}) {
    if (!(kind == abi::ServerKind::kRedis ? function.redis : function.valkey)) continue;
    const abi::ApiRow* row = NewestTable(kind).row(function.name);
    if (!row) {
      out.state = "not implemented";
      return out;
    }
    if (row->partial) out.reason = row->partial;
    out.state = out.reason.empty() ? "implemented" : "partial";
  }
  return out;
}

// ---- the files ----

std::vector<fs::path> JsonFiles(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (auto it = fs::recursive_directory_iterator(folder, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error))
    if (it->path().extension() == ".json") files.push_back(it->path());
  std::sort(files.begin(), files.end());
  return files;
}

Result<JsonNode> ReadJson(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  JsonNode json = JsonNode::parse(file, nullptr, false);
  if (json.is_discarded()) return Fail(path.string(), "no JSON");
  return json;
}

std::vector<std::string> Texts(const JsonNode& json, const char* name) {
  const auto member = json.find(name);
  if (member == json.end() || !member->is_array()) return {};
  return member->get<std::vector<std::string>>();
}

Status ReadContracts(const fs::path& specs, std::map<std::string, Contract>& contracts) {
  const std::vector<fs::path> files = JsonFiles(specs / "contracts");
  if (files.empty())
    return Fail((specs / "contracts").string(), "no catalogue of contracts in this folder",
                "name the folder of the specs: --specs DIR");
  for (const fs::path& file : files) {
    const auto rows = ReadJson(file);
    if (!rows) return tl::unexpected(rows.error());
    for (const JsonNode& row : *rows) {
      const std::string id = row.value("id", "");
      contracts[id] = {.id = id, .by = row.value("by", ""), .functions = Texts(row, "functions")};
    }
  }
  return {};
}

// The citations of one spec file: those of the file stand for each of its scenarios.
void ReadCitations(const fs::path& place, const JsonNode& spec,
                   std::map<std::string, Contract>& contracts, ApiCoverage& coverage) {
  const auto scenarios = spec.find("scenarios");
  if (scenarios == spec.end() || !scenarios->is_array()) return;
  for (const JsonNode& scenario : *scenarios) {
    const std::string name = fmt::format("{}: {}", place.string(), scenario.value("name", ""));
    std::vector<std::string> ids = Texts(spec, "contracts");
    const std::vector<std::string> own = Texts(scenario, "contracts");
    ids.insert(ids.end(), own.begin(), own.end());
    for (const std::string& id : ids) {
      const auto contract = contracts.find(id);
      if (contract == contracts.end()) {
        coverage.undeclared.push_back({id, name});
      } else {
        contract->second.scenarios.push_back(name);
      }
    }
  }
}

Status ReadScenarios(const fs::path& specs, std::map<std::string, Contract>& contracts,
                     ApiCoverage& coverage) {
  for (const fs::path& file : JsonFiles(specs)) {
    const fs::path place = file.lexically_relative(specs);
    if (*place.begin() == "contracts" || *place.begin() == "schema") continue;
    const auto spec = ReadJson(file);
    if (!spec) return tl::unexpected(spec.error());
    ReadCitations(place, *spec, contracts, coverage);
  }
  return {};
}

template <typename T, typename Name, typename Pick>
std::vector<std::string> NamesOf(const std::vector<T>& items, Name name, Pick pick) {
  std::vector<std::string> names;
  for (const T& item : items)
    if (pick(item)) names.push_back(item.*name);
  return names;
}

std::string Listed(std::string_view title, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  std::string out = fmt::format("\n{} ({}):\n", title, names.size());
  for (const std::string& name : names) out += "  " + name + "\n";
  return out;
}

}  // namespace

std::vector<std::string> ApiCoverage::Unproved() const {
  return NamesOf(contracts, &Contract::id, [](const Contract& contract) {
    return contract.by == "host" && contract.scenarios.empty();
  });
}

std::vector<std::string> ApiCoverage::WithoutContract() const {
  return NamesOf(functions, &Function::name, [](const Function& function) {
    return function.contracts.empty() && function.state != "never released";
  });
}

size_t ApiCoverage::Count(std::string_view state) const {
  return static_cast<size_t>(std::ranges::count(functions, state, &Function::state));
}

bool ApiCoverage::complete() const {
  return Count("not implemented") == 0 && Count("partial") == 0 && Unproved().empty() &&
         WithoutContract().empty() && undeclared.empty();
}

Result<ApiCoverage> FindApiCoverage(const std::string& specs) {
  ApiCoverage coverage;
  std::map<std::string, Contract> contracts;
  if (auto read = ReadContracts(specs, contracts); !read) return tl::unexpected(read.error());
  if (auto read = ReadScenarios(specs, contracts, coverage); !read)
    return tl::unexpected(read.error());
  for (const abi::Function& function : abi::AllFunctions())
    coverage.functions.push_back(StateOf(function));
  for (auto& [id, contract] : contracts) {
    for (const std::string& name : contract.functions) {
      const abi::Function* function = abi::Find(name);
      if (contract.by != "host" || !function) continue;
      coverage.functions[abi::IndexOf(*function)].contracts.push_back(id);
    }
    coverage.contracts.push_back(std::move(contract));
  }
  return coverage;
}

std::string ApiCoverageText(const ApiCoverage& coverage) {
  std::map<std::string, size_t> proofs;
  for (const Contract& contract : coverage.contracts)
    proofs[contract.id] = contract.scenarios.size();
  std::string out = fmt::format("{:<38} {:<8} {:<8} {:>9} {:>9}  {}\n", "function", "redis",
                                "valkey", "contracts", "scenarios", "state");
  for (const Function& function : coverage.functions) {
    size_t scenarios = 0;
    for (const std::string& id : function.contracts) scenarios += proofs[id];
    out += fmt::format("{:<38} {:<8} {:<8} {:>9} {:>9}  {}{}\n", function.name, function.redis,
                       function.valkey, function.contracts.size(), scenarios, function.state,
                       function.reason.empty() ? "" : ": " + function.reason);
  }
  out += Listed("functions that no host contract names", coverage.WithoutContract());
  out += Listed("host contracts without a scenario", coverage.Unproved());
  std::vector<std::string> undeclared;
  for (const auto& cited : coverage.undeclared)
    undeclared.push_back(fmt::format("{} in {}", cited.id, cited.scenario));
  out += Listed("cited ids that the catalogue does not have", undeclared);
  const auto by_host = std::ranges::count(coverage.contracts, "host", &Contract::by);
  return out + fmt::format(
                   "\n{} functions: {} implemented, {} partial, {} not implemented, {} in no "
                   "release\n{} host contracts, {} without a scenario\n",
                   coverage.functions.size(), coverage.Count("implemented"),
                   coverage.Count("partial"), coverage.Count("not implemented"),
                   coverage.Count("never released"), by_host, coverage.Unproved().size());
}

std::string ApiCoverageJson(const ApiCoverage& coverage) {
  JsonNode functions = JsonNode::array();
  for (const Function& function : coverage.functions)
    functions.push_back({{"name", function.name},
                         {"section", function.section},
                         {"redis", function.redis},
                         {"valkey", function.valkey},
                         {"state", function.state},
                         {"reason", function.reason},
                         {"contracts", function.contracts}});
  JsonNode contracts = JsonNode::array();
  for (const Contract& contract : coverage.contracts)
    contracts.push_back({{"id", contract.id},
                         {"by", contract.by},
                         {"functions", contract.functions},
                         {"scenarios", contract.scenarios}});
  JsonNode undeclared = JsonNode::array();
  for (const auto& cited : coverage.undeclared)
    undeclared.push_back({{"id", cited.id}, {"scenario", cited.scenario}});
  const JsonNode json = {{"modcert", 1},
                         {"complete", coverage.complete()},
                         {"functions", functions},
                         {"contracts", contracts},
                         {"unproved", coverage.Unproved()},
                         {"without_contract", coverage.WithoutContract()},
                         {"undeclared", undeclared}};
  return json.dump(2) + "\n";
}

}  // namespace modcert::run
