// A program of API calls, as the steps api and api_reply have it and the probe module runs it
// (fixtures/modules/probe/README.md says how one is written).
#pragma once

#include <optional>
#include <string>

#include "spec/json_tree.h"

namespace modcert::spec {

// What is wrong with a program, and where.
struct ProgramProblem {
  const JsonNode* place;
  std::string problem;
  std::string remedy;
};

// Looks at what can be known without running it: each call is a list that begins with a function
// that some release has, also in the programs of callbacks. Nothing: it may be sent.
std::optional<ProgramProblem> FindProblem(const JsonNode& program);

// The node as JSON in one line. Numbers are as they were written.
std::string ToJson(const JsonNode& node);

}  // namespace modcert::spec
