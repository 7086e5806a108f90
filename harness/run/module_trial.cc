#include "run/module_trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/require.h"
#include "oracle/oracles.h"
#include "report/json.h"

namespace modcert::run {
namespace {

constexpr size_t kCallsAtCrash = 8;     // API calls before a crash: what led there
constexpr size_t kStackFramesMax = 12;  // below are the host's frames, the same each time

// ---- in the child ----

// A signal handler has no other way to reach the host.
const module::Host* dying_host = nullptr;

void NoteLastCalls(int fd) {
  if (dying_host == nullptr) return;
  for (const std::string& call : dying_host->trace.Last(kCallsAtCrash))
    dprintf(fd, "%s\n", call.c_str());
}

std::string PayloadOf(const Said& said) {
  report::ScenarioResult holder;
  holder.findings = said.findings;
  return report::JsonOfScenario(holder) + "\n" + said.text;
}

// ---- in the parent ----

Result<Said> ReadPayload(const std::string& payload) {
  const size_t end = std::min(payload.find('\n'), payload.size());
  auto holder = report::ScenarioFromJson(std::string_view(payload).substr(0, end));
  if (!holder) return tl::unexpected(holder.error());
  return Said{std::move(holder->findings), payload.substr(std::min(end + 1, payload.size()))};
}

// Where a fault was says something only near zero; elsewhere it is another one in each run.
std::string Died(const ChildReport& child, const Limits& limits) {
  constexpr unsigned long kNearZero = 0x10000;
  ChildReport told = child;
  if (std::strtoul(told.crash.address.c_str(), nullptr, 0) >= kNearZero) told.crash.address.clear();
  return told.Describe(limits);
}

// The frames of the module and of what it called; below them is the host that called it.
std::vector<std::string> ModuleFrames(const std::vector<std::string>& stack) {
  std::vector<std::string> frames;
  for (const std::string& frame : stack) {
    if (frame.find("harness/module/") != std::string::npos ||
        frame.find("modcert::module::") != std::string::npos)
      break;
    if (frames.size() == kStackFramesMax) break;
    frames.push_back(frame);
  }
  return frames;
}

validate::Finding DeathOf(const ChildReport& child, const Limits& limits, const std::string& name) {
  validate::Finding death = oracle::MakeFinding(ContractOf(child.end), {}, {});
  death.message = fmt::format("{} during: {}", Died(child, limits), name);
  // Where a hang was interrupted is chance.
  if (child.end != End::kHang) death.stack = ModuleFrames(child.crash.stack);
  death.last_calls = child.crash.last_calls;
  death.log = child.output;
  return death;
}

}  // namespace

Result<ModuleTrial> ModuleTrial::Create(std::string path, std::string profile,
                                        const Limits& limits) {
  auto isolation = Isolation::Create(limits);
  if (!isolation) return tl::unexpected(isolation.error());
  return ModuleTrial(std::move(path), std::move(profile), *std::move(isolation));
}

ModuleTrial::ModuleTrial(std::string path, std::string profile, Isolation isolation)
    : path_(std::move(path)),
      isolation_(std::move(isolation)),
      target_(std::make_unique<target::InProcessTarget>(
          target::InProcessOptions{.profile = std::move(profile)})) {
  Require(target_->Prepare({}, target::Ahead::kFiles).has_value(),
          "a world without modules can be made");
}

Said ModuleTrial::RunHere(const std::vector<std::string>& args, const Work& work) {
  target::World world;
  world.modules = {{.path = path_, .args = args}};
  SetCrashNote(NoteLastCalls);
  SetModuleFiles({path_});
  const Status started = target_->Start(world);
  dying_host = target_->host();
  Said said;
  if (started) {
    said = work(*target_->host());
  } else {
    // module.loads: OnLoad succeeds.
    said.findings.push_back(oracle::MakeFinding("module.loads", started.error().problem, {}));
    if (!started.error().remedy.empty())
      said.findings.back().message += "; remedy: " + started.error().remedy;
  }
  if (target_->host()) oracle::TakeFrom(*target_->host(), said.findings);
  return said;
}

Result<Tried> ModuleTrial::Run(const std::vector<std::string>& args, const std::string& name,
                               const Work& work) {
  const auto child = isolation_.Run([&] { return PayloadOf(RunHere(args, work)); });
  if (!child) return tl::unexpected(child.error());
  Tried tried{.end = child->end};
  if (!tried.came_back()) {
    tried.said.findings.push_back(DeathOf(*child, isolation_.limits(), name));
    return tried;
  }
  auto said = ReadPayload(child->payload);
  if (said) tried.said = *std::move(said);
  return tried;
}

}  // namespace modcert::run
