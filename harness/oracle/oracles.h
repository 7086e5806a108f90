// The checks that need no expectation written by a person, by name. Each is one function from a
// host, as a scenario left it, to findings; each is in a file of its own.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "module/host.h"
#include "validate/finding.h"

namespace modcert::oracle {

using Findings = std::vector<validate::Finding>;

// A row of the table. An oracle may change the host's data: those that only look come first.
struct Oracle {
  std::string_view name;  // as "oracles" in a spec names it
  Findings (*check)(module::Host& host);
};

std::span<const Oracle> AllOracles();

// Runs the named ones. One that does not exist gives the finding oracle.not-implemented, so that
// nobody takes it for passed.
Findings RunOracles(module::Host& host, std::span<const std::string> names);

// A finding of an oracle: `module` is the module to blame, by name.
validate::Finding MakeFinding(std::string_view contract, std::string message,
                              std::string_view module,
                              validate::Severity severity = validate::Severity::kError);

// What the validation layer of the host noted, added to `findings`.
void TakeFrom(module::Host& host, Findings& findings);

}  // namespace modcert::oracle
