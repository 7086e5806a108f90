// What there is of the Module API: for each function whether the host has it, which contracts name
// it, and which scenarios prove them. Read from the rows of the host, the catalogue of contracts
// and the spec files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace modcert::run {

struct ApiCoverage {
  struct Function {
    std::string name;
    std::string section;
    std::string redis;   // first release; empty: Redis never had it
    std::string valkey;  // the same of Valkey
    // "implemented", "partial", "not implemented"; "never released" for what only release
    // candidates had, so that nobody can ask for it.
    std::string state;
    std::string reason;                  // of "partial"
    std::vector<std::string> contracts;  // of the host, that name it
  };
  struct Contract {
    std::string id;
    std::string by;  // "host" or "module"
    std::vector<std::string> functions;
    std::vector<std::string> scenarios;  // "specs/api/dict/order.json: name", that cite it
  };
  // A scenario that cites an id which the catalogue does not have.
  struct Undeclared {
    std::string id;
    std::string scenario;
  };
  std::vector<Function> functions;  // by name
  std::vector<Contract> contracts;  // by id
  std::vector<Undeclared> undeclared;

  // Ids of host contracts without a scenario.
  std::vector<std::string> Unproved() const;
  // Functions that a server has and no host contract names.
  std::vector<std::string> WithoutContract() const;
  // How many functions are in that state.
  size_t Count(std::string_view state) const;
  // Nothing is missing, partial, unproved or undeclared.
  bool complete() const;
};

// `specs` is the folder that holds contracts/ and the spec files. Fails when it has no catalogue,
// or a file in it is no JSON.
Result<ApiCoverage> FindApiCoverage(const std::string& specs);

// For a person: one line for each function, and what is missing.
std::string ApiCoverageText(const ApiCoverage& coverage);
// For other programs.
std::string ApiCoverageJson(const ApiCoverage& coverage);

}  // namespace modcert::run
