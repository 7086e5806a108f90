#include "oracle/replica.h"

#include "engine/command_replay.h"
#include "fmt/format.h"
#include "oracle/compare_data.h"
#include "oracle/dataset.h"

namespace modcert::oracle {
namespace {

using validate::Severity;

// The one to blame when the key does not tell.
std::string_view FirstModule(const module::Host& host) {
  return host.modules().empty() ? std::string_view() : host.modules().front()->name;
}

// Runs the stream; what the first command that failed was answered with.
std::optional<std::string> RunStream(const module::Host& host, module::Host& replica) {
  std::optional<std::string> failed;
  engine::CommandReplay replay(replica.server, engine::ReplayedFrom::kPrimary);
  for (const engine::Args& args : host.server.propagation.stream()) {
    const auto error = replay.Run(args);
    if (error && !failed) failed = fmt::format("{} was answered with: {}", args[0], *error);
  }
  return failed;
}

}  // namespace

Findings Replica(module::Host& host) {
  Findings findings;
  // Any other seed than the first host's: what depends on it comes out differently.
  constexpr uint64_t kSeed = 20241;
  auto replica = LikeHost(host, kSeed);
  if (!replica) {
    // module.loads-again: what loads once loads again, in the same process.
    findings.push_back(
        MakeFinding("module.loads-again", replica.error().ToString(), FirstModule(host)));
    return findings;
  }
  if (const auto failed = RunStream(host, **replica)) {
    // replica.commands-run: a replica logs such an error as critical, and goes on.
    findings.push_back(
        MakeFinding("replica.commands-run", *failed, FirstModule(host), Severity::kWarning));
  }
  if (const auto difference = CompareData(host, **replica)) {
    // replica.same-data: nothing else reaches a replica than what was propagated.
    findings.push_back(
        MakeFinding("replica.same-data", "on the replica " + difference->text,
                    difference->module.empty() ? FirstModule(host) : difference->module,
                    difference->is_certain ? Severity::kError : Severity::kWarning));
  }
  TakeFrom(**replica, findings);
  return findings;
}

}  // namespace modcert::oracle
