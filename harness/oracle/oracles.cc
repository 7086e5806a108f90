#include "oracle/oracles.h"

#include <algorithm>
#include <iterator>

#include "fmt/format.h"
#include "oracle/aof_rewrite.h"
#include "oracle/arity_and_type.h"
#include "oracle/memory_at_unload.h"
#include "oracle/rdb_round_trip.h"
#include "oracle/reload.h"
#include "oracle/replica.h"

namespace modcert::oracle {
namespace {

constexpr Oracle kOracles[] = {
    {"rdb", RdbRoundTrip},   {"aof", AofRewrite}, {"replica", Replica},
    {"arity", ArityAndType}, {"reload", Reload},  {"memory", MemoryAtUnload},
};

}  // namespace

std::span<const Oracle> AllOracles() { return kOracles; }

Findings RunOracles(module::Host& host, std::span<const std::string> names) {
  Findings findings;
  for (const std::string& name : names) {
    const auto* found = std::ranges::find(kOracles, name, &Oracle::name);
    if (found == std::end(kOracles)) {
      findings.push_back(MakeFinding("oracle.not-implemented",
                                     fmt::format("modcert has no oracle '{}' yet", name), {}));
      continue;
    }
    Findings more = found->check(host);
    std::move(more.begin(), more.end(), std::back_inserter(findings));
  }
  return findings;
}

validate::Finding MakeFinding(std::string_view contract, std::string message,
                              std::string_view module, validate::Severity severity) {
  validate::Finding finding;
  finding.contract = contract;
  finding.message = std::move(message);
  finding.module = module;
  finding.severity = severity;
  return finding;
}

void TakeFrom(module::Host& host, Findings& findings) {
  Findings noted = host.TakeFindings();
  std::move(noted.begin(), noted.end(), std::back_inserter(findings));
}

}  // namespace modcert::oracle
