#include "run/scenario_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <strings.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>

#include "base/escape.h"
#include "oracle/dataset.h"
#include "oracle/oracles.h"
#include "resp/decode.h"
#include "resp/value.h"
#include "run/profile_choice.h"
#include "target/cluster_plan.h"

namespace modcert::run {
namespace {

using spec::Matcher;
using target::Outcome;

// A scenario whose server is broken fails at every step; the first few say it all.
constexpr size_t kFailuresMax = 20;

// The oracle that saves and loads, by its name.
constexpr const char* kRoundTrip = "rdb";

std::string_view OnlyName(spec::Only only) {
  return only == spec::Only::kRedis ? "redis" : "inprocess";
}

bool RunsOn(spec::Only only, const target::Target& target) {
  return only == spec::Only::kEverywhere || OnlyName(only) == target.name();
}

std::string ShortCommand(const std::vector<std::string>& argv) {
  constexpr size_t kArgumentsMax = 12;
  std::string line;
  for (size_t i = 0; i < argv.size() && i < kArgumentsMax; ++i) {
    const bool plain = !argv[i].empty() && argv[i].size() <= 60 &&
                       std::all_of(argv[i].begin(), argv[i].end(), [](char c) {
                         return c > ' ' && c < 0x7f && c != '"' && c != '\'';
                       });
    line += i > 0 ? " " : "";
    line += plain ? argv[i] : Quote(std::string_view(argv[i]).substr(0, 60));
  }
  return argv.size() > kArgumentsMax ? line + fmt::format(" ... ({} arguments)", argv.size())
                                     : line;
}

std::string JoinCommands(const std::vector<target::Command>& commands) {
  std::string text;
  for (const target::Command& command : commands) text += "\n  " + ShortCommand(command);
  return text.empty() ? " nothing" : text;
}

// Whether a reply depends on what the server did before this scenario.
bool ReadsCounters(const spec::Scenario& scenario) {
  static constexpr const char* kCommands[] = {"info",   "lastsave", "slowlog", "latency",
                                              "memory", "client",   "command"};
  for (const spec::Step& step : scenario.steps) {
    const auto* send = std::get_if<spec::SendStep>(&step.action);
    if (send == nullptr) continue;
    for (const char* command : kCommands) {
      if (strcasecmp(send->argv[0].c_str(), command) == 0) return true;
    }
  }
  return false;
}

class ScenarioRun {
 public:
  ScenarioRun(const spec::SpecFile& file, const spec::Scenario& scenario, target::Target& target,
              const Observers& observers)
      : file_(file),
        scenario_(scenario),
        target_(target),
        records_(observers.records),
        progress_(observers.step),
        checks_what_is_left_(observers.checks_what_is_left),
        captures_(scenario.captures.size()),
        result_(BlankResult(file, scenario)) {}

  report::ScenarioResult Run() {
    const auto begin = std::chrono::steady_clock::now();
    result_.reason = ReasonToSkip(file_, scenario_, target_);
    if (!result_.reason.empty()) {
      result_.verdict = report::Verdict::kSkipped;
    } else if (auto started = target_.Start(WorldOf(file_, scenario_)); !started) {
      // A module may refuse a server that the file is not for.
      result_.reason = ReasonToSkip(file_, scenario_, target_);
      result_.verdict =
          result_.reason.empty() ? report::Verdict::kError : report::Verdict::kSkipped;
      if (result_.reason.empty()) result_.reason = started.error().ToString();
    } else if (result_.reason = ReasonToSkip(file_, scenario_, target_); !result_.reason.empty()) {
      result_.verdict =
          report::Verdict::kSkipped;  // a target may know its version only when it runs
    } else {
      RunSteps();
    }
    result_.profile = target_.profile();
    result_.duration_us = std::chrono::duration_cast<std::chrono::microseconds>(
                              std::chrono::steady_clock::now() - begin)
                              .count();
    return std::move(result_);
  }

 private:
  void RunSteps() {
    NameServers();
    for (step_ = 0; step_ < scenario_.steps.size() && !stopped_; ++step_) {
      const spec::Step& step = scenario_.steps[step_];
      if (!RunsOn(step.only, target_)) {
        LeaveOut(fmt::format("only on {}: {}", OnlyName(step.only), step.reason));
        continue;
      }
      ++result_.steps_run;
      if (progress_ != nullptr)
        progress_->store(static_cast<int>(step_), std::memory_order_relaxed);
      std::visit([this](const auto& action) { Run(action); }, step.action);
      TakeFindings(static_cast<int>(step_));
    }
    Finish();
  }

  // The first slots are the ports of the servers; then come the ids and the other ports of nodes.
  void NameServers() {
    const size_t count = scenario_.servers.size();
    for (size_t i = 0; i < count; ++i) {
      const auto server = static_cast<int>(i);
      captures_[i] = target_.PortOf(server);
      if (!scenario_.is_cluster) continue;
      captures_[count + i] = target::NodeId(server);
      captures_[2 * count + i] = target_.BusPortOf(server);
    }
  }

  void Finish() {
    if (!stopped_ && !target_.IsAlive()) ServerDied();
    // In a child of ours the same follows from the finding that is missing.
    if (!stopped_ && ExpectsDeath() && !target_.has_validation()) {
      FailStep("expected the server to die, and it lives");
    }
    CompareFindings(scenario_.expect_findings);
    bool failed = !(result_.failures.empty() && result_.findings.empty());
    const bool checks = checks_what_is_left_ && !stopped_ && result_.round_trips == 0;
    if (module::Host* host = target_.host(); host && checks) {
      RunOracles(*host, {kRoundTrip});
      // The scenario says nothing of these, so a warning is not against it.
      failed = failed || std::ranges::any_of(pending_, [](const validate::Finding& finding) {
                 return finding.severity == validate::Severity::kError;
               });
      CompareFindings({});
    }
    if (failed && result_.verdict != report::Verdict::kError)
      result_.verdict = report::Verdict::kFailed;
  }

  // ---- steps ----

  void Run(const spec::SendStep& step) {
    const bool waits = step.expect && step.expect->kind != Matcher::Kind::kBlocked;
    const auto wait = waits ? target::Wait::kForReply : target::Wait::kUntilBlocked;
    const auto outcome = target_.Send(step.client, ArgvOf(step), wait);
    if (!outcome) return Stop(outcome.error());
    Record(*outcome);
    if (outcome->kind == Outcome::Kind::kClosed && !target_.IsAlive()) {
      // A server that was asked to end, and was to close the connection, has done as it should.
      stopped_ = IsShutdown(step) && step.expect && step.expect->kind == Matcher::Kind::kClosed;
      if (!stopped_) ServerDied();
      return;
    }
    if (step.expect) Compare(*step.expect, *outcome);
  }

  static bool IsShutdown(const spec::SendStep& step) {
    return strcasecmp(step.argv[0].c_str(), "shutdown") == 0;
  }

  void Run(const spec::ReceiveStep& step) {
    const auto outcome = target_.Receive(step.client);
    if (!outcome) return Stop(outcome.error());
    Record(*outcome);
    if (outcome->kind == Outcome::Kind::kClosed && !target_.IsAlive()) return ServerDied();
    Compare(step.expect, *outcome);
  }

  void Run(const spec::AdvanceStep& step) {
    if (auto done = target_.AdvanceMs(step.ms); !done) Stop(done.error());
  }

  void Run(const spec::ExpectPropagatedStep& step) {
    const auto commands = target_.TakePropagated();
    if (!commands) return Stop(commands.error());
    if (records_ != nullptr) {
      records_->push_back({.step = static_cast<int>(step_),
                           .kind = Outcome::Kind::kNothing,
                           .raw = {},
                           .propagated = *commands});
    }
    if (commands->size() != step.commands.size()) {
      return FailStep(fmt::format("expected {} propagated commands, got {}:{}",
                                  step.commands.size(), commands->size(), JoinCommands(*commands)));
    }
    for (size_t i = 0; i < commands->size(); ++i) {
      if (!CompareCommand(step.commands[i], (*commands)[i], i)) {
        return FailStep(fmt::format("{}; the stream is{}", mismatch_, JoinCommands(*commands)));
      }
    }
  }

  bool CompareCommand(const std::vector<Matcher>& expected, const target::Command& command,
                      size_t index) {
    Matcher list{.kind = Matcher::Kind::kArray, .children = expected};
    resp::Value value = resp::Value::Array();
    for (const std::string& arg : command) value.children.push_back(resp::Value::Bulk(arg));
    if (spec::Match(list, value, captures_)) return true;
    mismatch_ =
        fmt::format("propagated command [{}]: {}", index, spec::Explain(list, value, captures_));
    return false;
  }

  void Run(const spec::ExpectFindingsStep& step) {
    if (!target_.has_validation()) return NoSuchCheck("findings");
    TakeFindings(static_cast<int>(step_));
    CompareFindings(step.ids);
  }

  void Run(const spec::OraclesStep& step) {
    if (!target_.has_validation()) return NoSuchCheck("oracles");
    if (module::Host* host = target_.host()) RunOracles(*host, step.names);
  }

  void RunOracles(module::Host& host, const std::vector<std::string>& names) {
    const bool saves = std::find(names.begin(), names.end(), kRoundTrip) != names.end();
    if (saves && oracle::CountModuleValues(host) > 0) ++result_.round_trips;
    for (auto& finding : oracle::RunOracles(host, names)) AddPending(std::move(finding), step_);
  }

  void Run(const spec::DisconnectStep& step) { target_.Disconnect(step.client); }

  void Run(const spec::LinkStep& step) {
    if (auto done = target_.SetLink(step.server, step.up); !done) Stop(done.error());
  }

  void NoSuchCheck(std::string_view what) {
    --result_.steps_run;
    LeaveOut(fmt::format("a real server has no {}", what));
  }

  void LeaveOut(std::string reason) {
    const spec::Step& step = scenario_.steps[step_];
    result_.steps_left_out.push_back(
        {.step = static_cast<int>(step_),
         .place = fmt::format("{}:{}:{}", file_.path, step.source.line, step.source.column),
         .action = DescribeStep(scenario_, step),
         .reason = std::move(reason)});
  }

  // ---- replies ----

  const std::vector<std::string>& ArgvOf(const spec::SendStep& step) {
    if (step.references.empty()) return step.argv;
    argv_ = step.argv;
    // From the back, so that earlier offsets stay right.
    for (auto it = step.references.rbegin(); it != step.references.rend(); ++it) {
      argv_[it->argument].insert(it->offset, captures_[static_cast<size_t>(it->slot)]);
    }
    return argv_;
  }

  void Record(const Outcome& outcome) {
    if (records_ == nullptr) return;
    records_->push_back({.step = static_cast<int>(step_),
                         .kind = outcome.kind,
                         .raw = std::string(outcome.raw),
                         .propagated = {}});
  }

  void Compare(const Matcher& expect, const Outcome& outcome) {
    if (expect.kind == Matcher::Kind::kBlocked) {
      if (outcome.kind != Outcome::Kind::kBlocked) {
        FailStep("expected the client to be blocked, got " + DescribeOutcome(outcome));
      }
      return;
    }
    if (expect.kind == Matcher::Kind::kClosed && outcome.kind == Outcome::Kind::kClosed) return;
    if (expect.kind == Matcher::Kind::kNothing && outcome.kind == Outcome::Kind::kNothing) return;
    if (outcome.kind != Outcome::Kind::kReply) {
      return FailStep(
          fmt::format("expected {}, got {}", spec::Describe(expect), DescribeOutcome(outcome)));
    }
    if (!spec::MatchesEncoding(expect, outcome.raw)) CompareDecoded(expect, outcome);
  }

  // The slow path: matchers, other encodings of the same literal, and everything that fails.
  void CompareDecoded(const Matcher& expect, const Outcome& outcome) {
    if (expect.kind == Matcher::Kind::kRaw) {
      return FailStep(
          fmt::format("expected the bytes {}, got {}", Quote(expect.text), Quote(outcome.raw)));
    }
    const auto value = resp::DecodeOne(outcome.raw);
    if (!value) {
      return FailStep(fmt::format("the reply is not valid RESP: {} in {}", value.error().ToString(),
                                  Quote(outcome.raw)));
    }
    if (!spec::Match(expect, *value, captures_)) {
      FailStep(spec::Explain(expect, *value, captures_));
    }
  }

  static std::string DescribeOutcome(const Outcome& outcome) {
    switch (outcome.kind) {
      case Outcome::Kind::kBlocked:
        return "a blocked client";
      case Outcome::Kind::kNothing:
        return "no reply";
      case Outcome::Kind::kClosed:
        return "a closed connection";
      case Outcome::Kind::kReply:
        break;
    }
    const auto value = resp::DecodeOne(outcome.raw);
    return value ? spec::Describe(*value) : Quote(outcome.raw);
  }

  // ---- findings and failures ----

  void TakeFindings(int step) {
    for (auto& finding : target_.TakeFindings()) {
      AddPending(std::move(finding), static_cast<size_t>(step));
    }
  }

  void AddPending(validate::Finding finding, size_t step) {
    if (finding.step < 0) finding.step = static_cast<int>(step);
    finding.suite = file_.suite;
    finding.scenario = scenario_.name;
    pending_.push_back(std::move(finding));
  }

  // Each expected id takes one finding away; what is left on either side is a failure.
  void CompareFindings(const std::vector<std::string>& ids) {
    if (!target_.has_validation()) return;
    for (const std::string& id : ids) {
      const auto found = std::find_if(pending_.begin(), pending_.end(),
                                      [&](const auto& finding) { return finding.contract == id; });
      if (found != pending_.end()) {
        pending_.erase(found);
      } else {
        FailStep(fmt::format("expected the finding {}, which was not reported", id));
      }
    }
    for (auto& finding : pending_) result_.findings.push_back(std::move(finding));
    pending_.clear();
  }

  // A real server that dies tells less than a child of ours: any of the run.* contracts covers it.
  bool ExpectsDeath() const {
    const auto names = [](const std::vector<std::string>& ids) {
      return std::any_of(ids.begin(), ids.end(),
                         [](const std::string& id) { return id.starts_with("run."); });
    };
    return names(scenario_.expect_findings) ||
           std::any_of(scenario_.steps.begin(), scenario_.steps.end(), [&](const spec::Step& step) {
             const auto* expect = std::get_if<spec::ExpectFindingsStep>(&step.action);
             return expect != nullptr && names(expect->ids);
           });
  }

  void ServerDied() {
    stopped_ = true;
    if (ExpectsDeath()) return;
    validate::Finding finding;
    finding.contract = "run.crash";
    finding.message = "the server died";
    const size_t step = std::min(step_, scenario_.steps.size() - 1);
    if (step_ < scenario_.steps.size()) {
      finding.message += " during: " + DescribeStep(scenario_, scenario_.steps[step]);
    }
    finding.log = target_.LogTail();
    AddPending(std::move(finding), step);
    for (auto& pending : pending_) result_.findings.push_back(std::move(pending));
    pending_.clear();
  }

  void Stop(const Error& error) {
    stopped_ = true;
    FailStep(error.ToString());
    result_.verdict = report::Verdict::kError;
    result_.reason = error.ToString();
  }

  void FailStep(std::string message) {
    if (result_.failures.size() >= kFailuresMax) return;
    const size_t index = std::min(step_, scenario_.steps.size() - 1);
    report::StepFailure failure{.step = static_cast<int>(index),
                                .place = result_.place,
                                .action = "end of the scenario",
                                .message = std::move(message)};
    if (step_ < scenario_.steps.size()) {
      const spec::Step& step = scenario_.steps[index];
      failure.place = fmt::format("{}:{}:{}", file_.path, step.source.line, step.source.column);
      failure.action = DescribeStep(scenario_, step);
    }
    result_.failures.push_back(std::move(failure));
  }

  const spec::SpecFile& file_;
  const spec::Scenario& scenario_;
  target::Target& target_;
  std::vector<StepRecord>* records_;
  std::atomic<int>* progress_;
  bool checks_what_is_left_;
  spec::Captures captures_;
  std::vector<std::string> argv_;
  std::vector<validate::Finding> pending_;
  std::string mismatch_;
  size_t step_ = 0;
  bool stopped_ = false;
  report::ScenarioResult result_;
};

// ---- a step in words ----

std::string ClientPrefix(const spec::Scenario& scenario, int client) {
  const auto index = static_cast<size_t>(client);
  std::string prefix;
  if (!scenario.servers.empty())
    prefix = scenario.servers[static_cast<size_t>(scenario.client_servers[index])].name + ": ";
  if (scenario.clients[index] != scenario.clients[0]) prefix += scenario.clients[index] + ": ";
  return prefix;
}

struct StepWords {
  const spec::Scenario& scenario;

  std::string operator()(const spec::SendStep& step) const {
    return ClientPrefix(scenario, step.client) + "send " + ShortCommand(step.argv);
  }
  std::string operator()(const spec::ReceiveStep& step) const {
    return ClientPrefix(scenario, step.client) + "receive";
  }
  std::string operator()(const spec::AdvanceStep& step) const {
    return fmt::format("advance {} ms", step.ms);
  }
  std::string operator()(const spec::ExpectPropagatedStep&) const { return "expect_propagated"; }
  std::string operator()(const spec::ExpectFindingsStep&) const { return "expect_findings"; }
  std::string operator()(const spec::OraclesStep& step) const {
    return fmt::format("oracles {}", fmt::join(step.names, ", "));
  }
  std::string operator()(const spec::DisconnectStep& step) const {
    return ClientPrefix(scenario, step.client) + "disconnect";
  }
  std::string operator()(const spec::LinkStep& step) const {
    return fmt::format("{} {}", step.up ? "resume_link" : "drop_link",
                       scenario.servers[static_cast<size_t>(step.server)].name);
  }
};

}  // namespace

report::ScenarioResult RunScenario(const spec::SpecFile& file, const spec::Scenario& scenario,
                                   target::Target& target, const Observers& observers) {
  return ScenarioRun(file, scenario, target, observers).Run();
}

target::World WorldOf(const spec::SpecFile& file, const spec::Scenario& scenario) {
  target::World world;
  for (const spec::ModuleUse& module : file.modules) {
    world.modules.push_back({.path = module.path, .args = module.args});
  }
  world.profile = ProfileFor(file.profile);
  world.config = scenario.config;
  world.records_propagation = scenario.records_propagation;
  world.reads_counters = ReadsCounters(scenario);
  world.client_servers = scenario.client_servers;
  for (const spec::ServerUse& server : scenario.servers)
    world.servers.push_back(
        {.replica_of = server.replica_of, .config = server.config, .slots = server.slots});
  world.is_cluster = scenario.is_cluster;
  return world;
}

report::ScenarioResult BlankResult(const spec::SpecFile& file, const spec::Scenario& scenario) {
  report::ScenarioResult result;
  result.file = file.path;
  result.suite = file.suite;
  result.name = scenario.name;
  result.place = fmt::format("{}:{}:{}", file.path, scenario.source.line, scenario.source.column);
  result.contracts = scenario.contracts;
  return result;
}

std::string ReasonToSkip(const spec::SpecFile& file, const spec::Scenario& scenario,
                         const target::Target& target) {
  if (!RunsOn(scenario.only, target)) {
    return fmt::format("only on {}: {}", OnlyName(scenario.only), scenario.reason);
  }
  for (const spec::RequiredFile& required : file.required_files) {
    std::error_code error;
    if (std::filesystem::exists(required.path, error)) continue;
    return fmt::format("{} is not there: install the package {}", required.path, required.package);
  }
  const target::World world = WorldOf(file, scenario);
  const std::string_view profile = target.ProfileOf(world);
  if (file.profile.empty() || profile.empty()) return "";
  if (ProfileAllows(file.profile, profile)) return "";
  return fmt::format("for profile {}, and this is {}", file.profile, profile);
}

std::string DescribeStep(const spec::Scenario& scenario, const spec::Step& step) {
  return std::visit(StepWords{scenario}, step.action);
}

}  // namespace modcert::run
