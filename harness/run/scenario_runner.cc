#include "run/scenario_runner.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

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

// ---- from the child to its parent: kClean or kUnclean, and the text of the result; when replies
// are wanted, [text, [[step, kind, raw, [command ...]] ...]] ----

constexpr char kClean = '+';  // the modules were mapped and left nothing behind
constexpr char kUnclean = '-';

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

std::vector<std::string> ModulePaths(const spec::SpecFile& file) {
  std::vector<std::string> paths;
  for (const spec::ModuleUse& module : file.modules) paths.push_back(module.path);
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

// In a child: what this process would do ahead, watched. A failure is for Start to find again.
bool PreparesCleanly(target::Target& target, const target::World& world) {
  const Footprint before = Footprint::Now();
  if (!target.Prepare(world)) return false;
  Footprint expected = before;
  expected.descriptors += static_cast<int>(world.modules.size());  // their files, only read
  return Footprint::Now() == expected;
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

bool ScenarioRunner::CanRun(const Pick& pick) const {
  return !ready_ || ready_->empty() || *ready_ == ModulePaths(*pick.file);
}

// Makes ready in this process whatever may be.
void ScenarioRunner::PrepareFor(const spec::SpecFile& file, target::World world) {
  if (target_ == nullptr) target_ = side_.make_target();
  std::vector<std::string> paths = ModulePaths(file);
  if (paths != modules_.paths) {
    modules_ = {.paths = paths};
    SetModuleFiles(paths);
  }
  if (!modules_.are_clean.value_or(false)) {
    world.modules.clear();
    paths.clear();
  }
  if (ready_ == paths) return;
  // A constructor that hangs, and did not the first time, ends this process.
  alarm(static_cast<unsigned>(side_.limits.timeout_ms / 1000 + 1));
  if (target_->Prepare(world)) ready_ = std::move(paths);
  alarm(0);
  if (prepares_ == Prepares::kModules)
    KeepPagesForChildren([&] { Rehearse(*side_.make_target()); });
}

ScenarioResult ScenarioRunner::RunInChild(const Pick& pick, std::vector<StepRecord>* records) {
  if (!isolation_) {
    auto isolation = Isolation::Create(side_.limits);
    if (!isolation) return ErrorResult(pick, isolation.error());
    isolation_.emplace(*std::move(isolation));
    SetCrashNote(WriteLastCalls);
  }
  const target::World world = WorldOf(*pick.file, *pick.scenario);
  PrepareFor(*pick.file, world);
  const bool tries =
      !modules_.paths.empty() && !modules_.are_clean && prepares_ == Prepares::kModules;
  auto child = isolation_->Run([&] {
    const bool is_clean = tries && PreparesCleanly(*target_, world);
    std::vector<StepRecord> replies;
    const Observers observers{.records = records != nullptr ? &replies : nullptr,
                              .step = &isolation_->step(),
                              .checks_what_is_left = side_.checks_what_is_left};
    const ScenarioResult result = RunHere(pick, observers);
    return (is_clean ? kClean : kUnclean) + PayloadOf(result, observers.records);
  });
  if (!child) return ErrorResult(pick, child.error());
  if (child->end != End::kNormal) {
    return ResultOfDeath(pick, *child, isolation_->step(), isolation_->limits());
  }
  const std::string_view payload = child->payload;
  if (tries) modules_.are_clean = payload.starts_with(kClean);
  auto result = ReadPayload(pick, payload.substr(std::min<size_t>(1, payload.size())), records);
  return result ? *std::move(result) : ErrorResult(pick, result.error());
}

ScenarioResult ErrorResult(const Pick& pick, const Error& error) {
  ScenarioResult result = BlankResult(*pick.file, *pick.scenario);
  result.verdict = Verdict::kError;
  result.reason = error.ToString();
  return result;
}

}  // namespace modcert::run
