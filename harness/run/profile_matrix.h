// One module on every server version: what certify and `modcert api` tell about all of them. Each
// version is tried in a process of its own, several at a time.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "report/certificate.h"
#include "run/certification.h"

namespace modcert::run {

// Certifies the module on each version that has all functions its code refers to, from its minimum
// upward, and tries the others: whether it loads there and survives. The certificate itself is that
// of redis-7.0, or of the module's minimum when that is newer; it has one line for each version,
// and the findings that are made only on others. With a profile in the options: that one alone.
Result<report::Certificate> CertifyOnAll(const CertifyOptions& options);

// What the module needs, and for each version what it lacks of that and whether the module loads
// there; where something is missing, also whether it survives each of its commands.
struct Survival {
  report::ModuleFacts module;  // not loaded: no version loads it
  std::vector<report::ProfileVerdict> profiles;
};
Result<Survival> TrySurvival(const CertifyOptions& options);
std::string JsonOfSurvival(const Survival& survival);

}  // namespace modcert::run
