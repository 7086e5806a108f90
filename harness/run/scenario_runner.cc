#include "run/scenario_runner.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "module/host.h"
#include "resp/decode.h"
#include "resp/encode.h"
#include "run/footprint.h"
#include "run/fork_pages.h"
#include "run/result_text.h"

namespace modcert::run {
namespace {

using report::ScenarioResult;
using report::Verdict;
using resp::Value;

// A start that was done ahead binds its process to scenarios that start alike. When another one
// comes, a new process costs as much as that many starts.
constexpr int kCountBeforeStart = 4;

// ---- from the child to its parent: a Fit and the text of the result; when replies are wanted,
// [text, [[step, kind, raw, [command ...]] ...]] ----

Value ToValue(const StepRecord& record) {
  Value commands = Value::Array();
  for (const target::Command& command : record.propagated) {
    Value& arguments = commands.children.emplace_back(Value::Array());
    for (const std::string& argument : command) {
      arguments.children.push_back(Value::Bulk(argument));
    }
  }
  return Value::Array({Value::Integer(record.step),
                       Value::Integer(static_cast<int64_t>(record.kind)), Value::Bulk(record.raw),
                       std::move(commands)});
}

StepRecord RecordFrom(const Value& value) {
  StepRecord record;
  record.step = static_cast<int>(value.children[0].integer);
  record.kind = static_cast<target::Outcome::Kind>(value.children[1].integer);
  record.raw = value.children[2].text;
  for (const Value& arguments : value.children[3].children) {
    target::Command& command = record.propagated.emplace_back();
    for (const Value& argument : arguments.children) command.push_back(argument.text);
  }
  return record;
}

std::string PayloadOf(const ScenarioResult& result, const std::vector<StepRecord>* records) {
  std::string text = EncodeResult(result);
  if (records == nullptr) return text;
  Value list = Value::Array();
  for (const StepRecord& record : *records) list.children.push_back(ToValue(record));
  std::string payload;
  resp::Encode(Value::Array({Value::Bulk(std::move(text)), std::move(list)}),
               resp::Protocol::kResp2, payload);
  return payload;
}

Result<ScenarioResult> ReadPayload(const Pick& pick, std::string_view payload,
                                   std::vector<StepRecord>* records) {
  if (records == nullptr) return DecodeResult(pick, payload);
  const auto value = resp::DecodeOne(payload);
  if (!value) return tl::unexpected(value.error());
  for (const Value& record : value->children[1].children) records->push_back(RecordFrom(record));
  return DecodeResult(pick, value->children[0].text);
}

// ---- a child that did not come back ----

// Whose last API calls a crash report asks for: a signal handler has no other way to reach it.
target::Target* crashing_target = nullptr;

void WriteLastCalls(int fd) {
  if (crashing_target == nullptr) return;
  for (const std::string& call : crashing_target->LastCalls()) dprintf(fd, "%s\n", call.c_str());
}

// With the mark of a crash report: a module that heeds it asks for no memory and no lock.
void WriteModuleInfo(int fd) {
  module::Host* host = crashing_target != nullptr ? crashing_target->host() : nullptr;
  if (host == nullptr) return;
  std::string text = module::ModuleSections(*host, nullptr, false, module::InfoFor::kCrashReport);
  std::erase(text, '\r');
  dprintf(fd, "%s", text.c_str());
}

// Whether the scenario breaks this contract on purpose, at whatever step.
bool Expects(const spec::Scenario& scenario, std::string_view contract) {
  const auto names = [&](const std::vector<std::string>& ids) {
    return std::find(ids.begin(), ids.end(), contract) != ids.end();
  };
  return names(scenario.expect_findings) ||
         std::any_of(scenario.steps.begin(), scenario.steps.end(), [&](const spec::Step& step) {
           const auto* expect = std::get_if<spec::ExpectFindingsStep>(&step.action);
           return expect != nullptr && names(expect->ids);
         });
}

std::vector<std::string> PathsOf(const target::World& world) {
  std::vector<std::string> paths;
  for (const target::ModuleFile& module : world.modules) paths.push_back(module.path);
  return paths;
}

std::string During(const spec::Scenario& scenario, int step) {
  if (step < 0 || static_cast<size_t>(step) >= scenario.steps.size())
    return "before the first step";
  return fmt::format("during step {}: {}", step + 1,
                     DescribeStep(scenario, scenario.steps[static_cast<size_t>(step)]));
}

ScenarioResult ResultOfDeath(const Pick& pick, const ChildReport& child, int step,
                             const Limits& limits) {
  ScenarioResult result = BlankResult(*pick.file, *pick.scenario);
  result.steps_run = step + 1;
  if (Expects(*pick.scenario, ContractOf(child.end))) return result;
  result.verdict = Verdict::kFailed;
  result.output = child.output;
  validate::Finding finding;
  finding.contract = ContractOf(child.end);
  finding.message = fmt::format("{} {}", child.Describe(limits), During(*pick.scenario, step));
  finding.suite = result.suite;
  finding.scenario = result.name;
  finding.step = step;
  finding.stack = child.crash.stack;
  finding.last_calls = child.crash.last_calls;
  finding.log = child.crash.info;
  result.findings.push_back(std::move(finding));
  return result;
}

// Runs a scenario without modules here, so that children find in memory what each of them needs.
void Rehearse(target::Target& target) {
  spec::SpecFile file;
  spec::Scenario& scenario = file.scenarios.emplace_back();
  spec::SendStep ping;
  ping.argv = {"PING"};
  ping.expect.emplace().kind = spec::Matcher::Kind::kAny;
  scenario.steps.emplace_back().action = std::move(ping);
  scenario.clients = {""};
  EncodeResult(RunScenario(file, scenario, target));
}

}  // namespace

ScenarioResult ScenarioRunner::Run(const Pick& pick, std::vector<StepRecord>* records) {
  return side_.isolate == Isolate::kFork
             ? RunInChild(pick, records)
             : RunHere(pick,
                       {.records = records, .checks_what_is_left = side_.checks_what_is_left});
}

ScenarioResult ScenarioRunner::RunHere(const Pick& pick, const Observers& observers) {
  if (target_ == nullptr) target_ = side_.make_target();
  crashing_target = target_.get();
  return RunScenario(*pick.file, *pick.scenario, *target_, observers);
}

ScenarioRunner::~ScenarioRunner() {
  static auto& kept = *new std::vector<std::unique_ptr<target::Target>>;
  if (ready_ && !ready_->world.modules.empty()) kept.push_back(std::move(target_));
}

bool ScenarioRunner::CanRun(const Pick& pick) const {
  if (!ready_ || ready_->world.modules.empty()) return true;
  const target::World world = WorldOf(*pick.file, *pick.scenario);
  return ready_->fit == Fit::kStart ? ready_->world.StartsLike(world)
                                    : PathsOf(ready_->world) == PathsOf(world);
}

// What to have ready for the latest scenario, and for those of its kind that may follow.
Fit ScenarioRunner::WantedNow() const {
  if (prepares_ == Prepares::kHostOnly) return Fit::kNothing;
  // A start without modules is all our own.
  const Fit fit =
      latest_->fit.value_or(latest_->world.modules.empty() ? Fit::kStart : Fit::kNothing);
  // Files that are ready are so for every start of their modules.
  if (fit == Fit::kNothing && IsReady(Fit::kFiles)) return Fit::kFiles;
  const bool is_rare = !latest_->world.modules.empty() && latest_->count < kCountBeforeStart;
  return fit == Fit::kStart && is_rare ? Fit::kFiles : fit;
}

// Whether this much of the latest scenario's start is ready, and no more.
bool ScenarioRunner::IsReady(Fit fit) const {
  if (!ready_ || ready_->fit != fit) return false;
  if (fit == Fit::kStart) return ready_->world.StartsLike(latest_->world);
  return fit == Fit::kNothing || PathsOf(ready_->world) == PathsOf(latest_->world);
}

// Makes ready in this process whatever may be.
void ScenarioRunner::PrepareFor(const target::World& world) {
  if (target_ == nullptr) target_ = side_.make_target();
  if (!latest_ && prepares_ == Prepares::kModules) SetMemoryAside();
  if (!latest_ || !latest_->world.StartsLike(world)) {
    latest_ = {.world = world};
    SetModuleFiles(PathsOf(world));
  }
  ++latest_->count;
  const Fit wanted = WantedNow();
  if (IsReady(wanted)) return;
  const auto prepare = [&] {
    target::World ahead = world;
    if (wanted == Fit::kNothing) ahead.modules.clear();
    const bool is_start = wanted == Fit::kStart;
    // One that fails is for each child to find, as if nobody had tried.
    if (!target_->Prepare(ahead, is_start ? target::Ahead::kStart : target::Ahead::kFiles))
      latest_->fit = Fit::kNothing;
    ready_ = {.world = std::move(ahead), .fit = wanted};
  };
  // Not while more is to come soon: it costs as much as some scenarios.
  const bool stays = latest_->world.modules.empty() || latest_->fit == wanted;
  const bool keeps_pages = prepares_ == Prepares::kModules && stays && kept_for_ != wanted;
  // A module that hangs, and did not the first time, ends this process.
  alarm(static_cast<unsigned>(side_.limits.timeout_ms / 1000 + 1));
  prepare();
  alarm(0);
  if (keeps_pages) KeepPages(wanted);
}

void ScenarioRunner::KeepPages(Fit fit) {
  kept_for_ = fit;
  // Once for nothing: libraries look functions up when they first call them.
  Rehearse(*side_.make_target());
  // Stays, because its end would use pages too, which no child needs.
  rehearsed_ = side_.make_target();
  if (fit == Fit::kStart) rehearsed_->Prepare({}, target::Ahead::kStart);
  isolation_->WatchPages();
  KeepPagesForChildren([&] { Rehearse(*rehearsed_); });
}

// In a child: does what its parent would do ahead, and watches. A failure is for Start to give.
Fit ScenarioRunner::Try(const target::World& world) {
  const auto files = static_cast<int>(world.modules.size());  // open, and only read
  const auto servers = static_cast<int>(std::max<size_t>(world.servers.size(), 1));
  Footprint expected = Footprint::Now();
  const bool has_files = IsReady(Fit::kFiles);
  if (!has_files && !target_->Prepare(world, target::Ahead::kFiles)) return Fit::kNothing;
  if (!has_files) expected.descriptors += files;
  if (Footprint::Now() != expected) return Fit::kNothing;
  if (std::ranges::any_of(PathsOf(world), KnowsItsProcess)) return Fit::kFiles;
  expected.descriptors += (servers - 1) * files;
  if (!target_->Prepare(world, target::Ahead::kStart)) return Fit::kFiles;
  return Footprint::Now() == expected ? Fit::kStart : Fit::kFiles;
}

ScenarioResult ScenarioRunner::RunInChild(const Pick& pick, std::vector<StepRecord>* records) {
  if (!isolation_) {
    auto isolation = Isolation::Create(side_.limits);
    if (!isolation) return ErrorResult(pick, isolation.error());
    isolation_.emplace(*std::move(isolation));
    SetCrashNote(WriteLastCalls);
    SetCrashInfo(WriteModuleInfo);
  }
  const target::World world = WorldOf(*pick.file, *pick.scenario);
  PrepareFor(world);
  // What reading specs has brought in since is more than it costs to look for it.
  constexpr int kRunsBetween = 64;
  if (prepares_ == Prepares::kModules && ++run_count_ % kRunsBetween == 0) ForgetPagesOnlyRead();
  const bool tries = prepares_ == Prepares::kModules && !latest_->fit && !world.modules.empty() &&
                     ReasonToSkip(*pick.file, *pick.scenario, *target_).empty();
  auto child = isolation_->Run([&] {
    crashing_target = target_.get();
    const Fit fit = tries ? Try(world) : Fit::kNothing;
    std::vector<StepRecord> replies;
    const Observers observers{.records = records != nullptr ? &replies : nullptr,
                              .step = &isolation_->step(),
                              .checks_what_is_left = side_.checks_what_is_left};
    const ScenarioResult result = RunHere(pick, observers);
    return static_cast<char>(fit) + PayloadOf(result, observers.records);
  });
  if (!child) return ErrorResult(pick, child.error());
  if (child->end != End::kNormal) {
    return ResultOfDeath(pick, *child, isolation_->step(), isolation_->limits());
  }
  const std::string_view payload = child->payload;
  if (payload.empty()) return ErrorResult(pick, {"result", "a child gave none", {}});
  if (tries) latest_->fit = static_cast<Fit>(payload.front());
  auto result = ReadPayload(pick, payload.substr(1), records);
  return result ? *std::move(result) : ErrorResult(pick, result.error());
}

ScenarioResult ErrorResult(const Pick& pick, const Error& error) {
  ScenarioResult result = BlankResult(*pick.file, *pick.scenario);
  result.verdict = Verdict::kError;
  result.reason = error.ToString();
  return result;
}

}  // namespace modcert::run
