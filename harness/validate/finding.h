// A finding: one thing that is wrong with a module, with the evidence. Plain data: rules, oracles
// and the runner fill it, report writers print it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace modcert::validate {

enum class Severity { kInfo, kWarning, kError };

struct Finding {
  std::string contract;  // id in specs/contracts/, such as "key.write-through-read-handle"
  Severity severity = Severity::kError;
  std::string message;   // the values and the state that led there; not what the contract says
  std::string module;    // name or path of the module, when one is to blame
  std::string function;  // the API function or the command, when there is one

  // Where: filled by whoever runs the scenario.
  std::string suite;
  std::string scenario;
  int step = -1;  // index in the scenario; -1 is outside of steps

  std::vector<std::string> stack;       // symbolised frames, innermost first
  std::vector<std::string> last_calls;  // API calls before it, oldest first
  std::vector<std::string> log;         // last lines that module and server wrote
  std::string reproduce;                // one command line
};

// "info", "warning", "error".
constexpr std::string_view SeverityName(Severity severity) {
  constexpr std::string_view kNames[] = {"info", "warning", "error"};
  return kNames[static_cast<int>(severity)];
}

}  // namespace modcert::validate
