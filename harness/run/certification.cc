// A stage makes the calls of one kind and adds one check to the certificate. A probe is one call in
// one child; equal findings of several probes become one, with the first probe as the evidence.
#include "run/certification.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "base/sha256.h"
#include "module/api_tables.h"
#include "module/elf.h"
#include "module/host.h"
#include "oracle/aof_rewrite.h"
#include "oracle/arity_and_type.h"
#include "oracle/dataset.h"
#include "oracle/memory_at_unload.h"
#include "oracle/memory_growth.h"
#include "oracle/rdb_round_trip.h"
#include "oracle/reload.h"
#include "oracle/replica.h"
#include "run/module_facts.h"
#include "run/module_trial.h"
#include "run/reproduce.h"
#include "run/runner.h"
#include "target/in_process.h"

namespace modcert::run {
namespace {

using oracle::Probe;
using oracle::ProbeOutcome;
using report::Check;
using report::CheckVerdict;
using resp::Protocol;
using validate::Finding;
using validate::Severity;

constexpr std::string_view kLoad = "load";
constexpr std::string_view kLoadBare = "load without arguments";
constexpr std::string_view kRdb = "RDB round trip";
constexpr std::string_view kAof = "AOF rewrite";
constexpr std::string_view kReplica = "replica";
constexpr std::string_view kReload = "reload";
constexpr std::string_view kMemory = "memory";

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Fail(path, "cannot be opened", "check the path and its permissions");
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return std::move(bytes).str();
}

class Certifier {
 public:
  Certifier(const CertifyOptions& options, const module::ElfFile& elf, ModuleTrial trial)
      : options_(options), can_start_threads_(elf.CanStartThreads()), trial_(std::move(trial)) {}

  report::Certificate Run(report::Certificate certificate);

 private:
  bool Wanted(std::string_view probe) const {
    return options_.only.empty() || options_.only == probe;
  }

  // Runs `work` in a child, in a world with the module. `probe` names it; a death is noted under
  // `stage` with `function` to blame.
  Tried Try(std::string_view stage, const std::string& probe, const std::string& function,
            const ModuleTrial::Work& work, const std::vector<std::string>& args);
  Tried Try(std::string_view stage, const std::string& probe, const std::string& function,
            const ModuleTrial::Work& work) {
    return Try(stage, probe, function, work, options_.args);
  }
  void Note(std::string_view stage, const std::string& probe, Finding finding);
  // A certify command of the same module, with that option more.
  std::string Reproduce(std::string_view option, const std::string& value) const;

  void Load();
  void LoadBare();
  void CheckFunctions();
  void CallAll(Protocol protocol);
  void CallOnEachType(Protocol protocol);
  std::optional<ProbeOutcome::Kind> Call(std::string_view stage, const Probe& probe);
  void TryData(const Probe& probe, const std::string& left);
  void CheckRoundTrips();
  void CheckRdb();
  void CheckReplica();
  void Reload();
  std::vector<Probe> AcceptedProbes();
  void Memory();
  std::string Unload(const std::vector<Probe>& probes);
  void RunSpecs();
  void CheckSpecs();

  void AddCheck(std::string_view name, std::string detail);
  void AddCheck(std::string_view name, CheckVerdict verdict, std::string detail) {
    certificate_.checks.push_back({std::string(name), verdict, std::move(detail)});
  }
  oracle::CommandShape ShapeOf(const report::CommandFacts& command) const {
    return {command.name, command.first_key, command.last_key, command.key_step};
  }

  bool WasTried(std::string_view stage) const {
    return data_checks_.contains(stage) || found_in_.contains(stage);
  }

  const CertifyOptions& options_;
  const bool can_start_threads_;
  ModuleTrial trial_;
  report::Certificate certificate_;
  std::map<std::string, std::set<int>> accepted_;       // argument counts, by command
  std::map<std::string, std::set<std::string>> types_;  // key types without an error, by command
  std::set<std::string> lost_;                          // commands that hung: not called again
  std::map<std::string_view, size_t> data_checks_;      // how many came to an end, by stage
  std::map<std::tuple<std::string, std::string, std::string>, size_t> seen_;
  std::vector<int> more_;  // how many further probes had the same finding
  std::map<std::string, std::set<size_t>, std::less<>> found_in_;  // findings by stage, by index
};

std::string Certifier::Reproduce(std::string_view option, const std::string& value) const {
  std::string command = "modcert certify " + ShellQuote(options_.path);
  if (!options_.args.empty()) {
    command += " --args";
    for (const std::string& arg : options_.args) command += " " + ShellQuote(arg);
  }
  if (!options_.profile.empty()) command += " --profile " + ShellQuote(options_.profile);
  return fmt::format("{} {} {}", command, option, ShellQuote(value));
}

// The findings of an oracle come with the calls that left the data, and have a check of their own.
std::string_view CheckOf(std::string_view stage, std::string_view contract) {
  if (contract.starts_with("rdb.")) return kRdb;
  if (contract.starts_with("aof.")) return kAof;
  return contract.starts_with("replica.") ? kReplica : stage;
}

void Certifier::Note(std::string_view stage, const std::string& probe, Finding finding) {
  stage = CheckOf(stage, finding.contract);
  // aof.rewrite-ends: a server rewrites in a child, and lives on without its rewrite.
  if (stage == kAof && finding.contract.starts_with("run.")) {
    finding.contract = "aof.rewrite-ends";
    finding.severity = Severity::kWarning;
    finding.message = "rewriting what the call left, as with aof-use-rdb-preamble no: " +
                      std::move(finding.message);
  }
  // host.not-implemented: ours to do, so the module is not to blame for it.
  if (finding.contract == "host.not-implemented") finding.severity = Severity::kWarning;
  const auto key = std::make_tuple(finding.contract, finding.function,
                                   finding.stack.empty() ? "" : finding.stack.front());
  const auto [place, is_new] = seen_.emplace(key, certificate_.findings.size());
  found_in_[std::string(stage)].insert(place->second);
  if (!is_new) {
    ++more_[place->second];
    return;
  }
  finding.suite = stage;
  finding.scenario = probe;
  finding.module = certificate_.module.name;
  if (finding.reproduce.empty()) finding.reproduce = Reproduce("--only", probe);
  certificate_.findings.push_back(std::move(finding));
  more_.push_back(0);
}

Tried Certifier::Try(std::string_view stage, const std::string& probe, const std::string& function,
                     const ModuleTrial::Work& work, const std::vector<std::string>& args) {
  auto tried = trial_.Run(args, probe, work);
  if (!tried) {
    AddCheck(stage, CheckVerdict::kNotRun, tried.error().ToString());
    return Tried{.end = End::kExit};
  }
  for (const Finding& finding : tried->said.findings) {
    Finding noted = finding;
    if (noted.function.empty()) noted.function = function;
    Note(stage, probe, std::move(noted));
  }
  return *std::move(tried);
}

// The verdict follows from the findings of the stage.
void Certifier::AddCheck(std::string_view name, std::string detail) {
  size_t errors = 0;
  size_t warnings = 0;
  for (const size_t index : found_in_[std::string(name)]) {
    const Severity severity = certificate_.findings[index].severity;
    ++(severity == Severity::kError ? errors : warnings);
  }
  const auto counted = [](size_t count, std::string_view word) {
    return fmt::format("; {} {}{}", count, word, count == 1 ? "" : "s");
  };
  if (errors > 0) {
    AddCheck(name, CheckVerdict::kFailed, detail + counted(errors, "error"));
  } else if (warnings > 0) {
    AddCheck(name, CheckVerdict::kWarning, detail + counted(warnings, "warning"));
  } else {
    AddCheck(name, CheckVerdict::kPassed, std::move(detail));
  }
}

void Certifier::Load() {
  options_.on_stage(std::string(kLoad), 1);
  const Tried tried = Try(kLoad, std::string(kLoad), {}, [](module::Host& host) {
    return Said{{}, report::JsonOfModuleFacts(ReadFacts(host))};
  });
  if (tried.came_back() && !tried.said.text.empty()) {
    if (auto facts = report::ModuleFactsFromJson(tried.said.text)) certificate_.module = *facts;
  }
  for (Finding& finding : certificate_.findings) finding.module = certificate_.module.name;
  AddCheck(kLoad, options_.args.empty() ? std::string("without arguments")
                                        : fmt::format("with {}", fmt::join(options_.args, " ")));
}

void Certifier::LoadBare() {
  if (options_.args.empty()) {
    AddCheck(kLoadBare, CheckVerdict::kNotApplicable, "no --args were given: see above");
    return;
  }
  if (!Wanted(kLoadBare)) return;
  const size_t before = certificate_.findings.size();
  const Tried tried = Try(kLoadBare, std::string(kLoadBare), {},
                          [](module::Host&) {
                            return Said{{}, "loaded"};
                          },
                          {});
  std::string detail = "it loads";
  if (tried.came_back() && tried.said.text != "loaded") {
    // A module may refuse to be loaded so, as long as it says no and does not fall over.
    detail = "it refuses, as it may";
    std::erase_if(certificate_.findings, [](const Finding& finding) {
      return finding.suite == kLoadBare && finding.contract == "module.loads";
    });
    more_.resize(certificate_.findings.size());
    std::erase_if(seen_, [&](const auto& entry) { return entry.second >= before; });
    found_in_.erase(std::string(kLoadBare));
  }
  AddCheck(kLoadBare, detail);
}

void Certifier::CheckFunctions() {
  std::vector<std::string> missing;
  std::vector<std::string> ours;
  const report::ModuleFacts& module = certificate_.module;
  if (!module.tells_use) {
    AddCheck("API functions", CheckVerdict::kNotRun,
             "the code does not tell which of those that it looks up are used");
    return;
  }
  for (const report::FunctionFacts& function : module.functions) {
    if (!function.used) continue;
    if (!function.in_profile) missing.push_back(function.name);
    if (function.in_profile && !function.implemented) ours.push_back(function.name);
  }
  if (!missing.empty()) {
    // A module may have code for newer servers, and not run it here.
    AddCheck("API functions", CheckVerdict::kPassed,
             fmt::format("{} refers to functions newer than {}, which it must not call there: {}",
                         module.name, certificate_.profile, fmt::join(missing, " ")));
  } else if (!ours.empty()) {
    AddCheck("API functions", CheckVerdict::kNotRun,
             fmt::format("modcert does not implement {}", fmt::join(ours, " ")));
  } else {
    AddCheck("API functions", CheckVerdict::kPassed,
             fmt::format("all that it uses exist in {}", certificate_.profile));
  }
}

// Marks in what a child says: what the call has left.
constexpr std::string_view kLeftData = " data";
constexpr std::string_view kLeftOwnTypes = " types";

// What is done with the data that a call leaves, each in a world of its own.
struct DataCheck {
  std::string_view stage;
  oracle::Findings (*check)(module::Host&);
  std::string_view mark;  // which calls it is for
};
constexpr DataCheck kDataChecks[] = {
    {kRdb, oracle::RdbRoundTrip, kLeftOwnTypes},
    {kAof, oracle::AofRewrite, kLeftOwnTypes},
    {kReplica, oracle::Replica, kLeftData},
};

// The kind of the outcome; nothing when the child died.
std::optional<ProbeOutcome::Kind> Certifier::Call(std::string_view stage, const Probe& probe) {
  const std::string& command = probe.argv[0];
  if (lost_.contains(command)) return std::nullopt;
  const Tried tried = Try(stage, probe.Name(), command, [&](module::Host& host) {
    const ProbeOutcome outcome = oracle::RunProbe(host, probe);
    Said said{outcome.findings, std::to_string(static_cast<int>(outcome.kind))};
    if (oracle::HasData(host)) said.text += kLeftData;
    if (oracle::CountModuleValues(host) > 0) said.text += kLeftOwnTypes;
    return said;
  });
  if (tried.end == End::kHang) lost_.insert(command);
  if (!tried.came_back() || tried.said.text.empty()) return std::nullopt;
  // Keys that stood there before the call were not propagated.
  if (probe.key_type.empty()) TryData(probe, tried.said.text);
  return static_cast<ProbeOutcome::Kind>(tried.said.text[0] - '0');
}

void Certifier::TryData(const Probe& probe, const std::string& left) {
  for (const DataCheck& data : kDataChecks) {
    if (left.find(data.mark) == std::string::npos) continue;
    const Tried tried = Try(data.stage, probe.Name(), probe.argv[0], [&](module::Host& host) {
      oracle::RunProbe(host, probe);
      host.TakeFindings();  // they are known from the first time
      return Said{data.check(host), {}};
    });
    if (tried.came_back()) ++data_checks_[data.stage];
  }
}

std::string TypesText(std::set<std::string> types) {
  if (types.size() == std::size(oracle::kKeyTypes)) return "any type";
  if (types.erase("modcert-f") > 0) types.insert("another module's type");
  return fmt::format("{}", fmt::join(types, ", "));
}

std::string NameOf(Protocol protocol) { return protocol == Protocol::kResp3 ? "RESP3" : "RESP2"; }

void Certifier::CallAll(Protocol protocol) {
  const std::string stage = "arguments, " + NameOf(protocol);
  const auto& commands = certificate_.module.commands;
  options_.on_stage(stage, commands.size() * (oracle::kArgumentsMax + 1));
  size_t calls = 0;
  for (const report::CommandFacts& command : commands) {
    for (int count = 0; count <= oracle::kArgumentsMax; ++count) {
      const Probe probe = oracle::MakeProbe(ShapeOf(command), count, protocol);
      if (!Wanted(probe.Name())) continue;
      ++calls;
      const auto kind = Call(stage, probe);
      if (kind && *kind != ProbeOutcome::Kind::kWrongArity) accepted_[command.name].insert(count);
    }
  }
  if (commands.empty()) {
    AddCheck(stage, CheckVerdict::kNotApplicable, "it registers no commands");
  } else {
    AddCheck(stage, fmt::format("{} calls with 0 to {} arguments", calls, oracle::kArgumentsMax));
  }
}

void Certifier::CallOnEachType(Protocol protocol) {
  const std::string stage = "key types, " + NameOf(protocol);
  std::vector<Probe> probes;
  for (const report::CommandFacts& command : certificate_.module.commands) {
    for (int count = 1; count <= oracle::kArgumentsMax; ++count) {
      if (options_.only.empty() && !accepted_[command.name].contains(count)) continue;
      for (const std::string_view type : oracle::kKeyTypes) {
        Probe probe = oracle::MakeProbe(ShapeOf(command), count, protocol, type);
        if (!probe.keys.empty() && Wanted(probe.Name())) probes.push_back(std::move(probe));
      }
    }
  }
  options_.on_stage(stage, probes.size());
  for (const Probe& probe : probes) {
    const auto kind = Call(stage, probe);
    if (kind == ProbeOutcome::Kind::kReply) types_[probe.argv[0]].insert(probe.key_type);
  }
  if (probes.empty()) {
    AddCheck(stage, CheckVerdict::kNotApplicable, "no command takes an argument");
  } else {
    AddCheck(stage, fmt::format("{} calls on keys of {} types", probes.size(),
                                std::size(oracle::kKeyTypes)));
  }
}

void Certifier::CheckRoundTrips() {
  if (certificate_.module.types.empty()) {
    for (const std::string_view stage : {kRdb, kAof})
      AddCheck(stage, CheckVerdict::kNotApplicable, "it has no data type of its own");
    return;
  }
  CheckRdb();
  if (!WasTried(kAof)) {
    AddCheck(kAof, CheckVerdict::kNotRun, "no automatic call left a value of its types");
  } else {
    AddCheck(kAof, fmt::format("{} calls left data that was rewritten as commands and replayed",
                               data_checks_[kAof]));
  }
}

// Of the calls, and of the scenarios of the specs.
void Certifier::CheckRdb() {
  size_t scenarios = 0;
  size_t lost = 0;
  for (const report::ScenarioResult& scenario : certificate_.specs.scenarios) {
    const auto is_about_saving = [](const Finding& finding) {
      return CheckOf({}, finding.contract) == kRdb;
    };
    scenarios += scenario.round_trips > 0 ? 1 : 0;
    lost += std::ranges::any_of(scenario.findings, is_about_saving) ? 1 : 0;
  }
  std::string who = fmt::format("{} calls", data_checks_[kRdb]);
  if (scenarios > 0) who += fmt::format(" and {} scenarios", scenarios);
  if (!WasTried(kRdb) && scenarios == 0) {
    AddCheck(kRdb, CheckVerdict::kNotRun,
             "no automatic call left a value of its types: give a spec that does (--spec)");
  } else if (lost > 0) {
    AddCheck(kRdb, CheckVerdict::kFailed,
             fmt::format("{} left data that was saved, loaded and saved again; that of {} "
                         "scenarios did not come back as it was: see specs",
                         who, lost));
  } else {
    AddCheck(kRdb, fmt::format("{} left data that was saved, loaded and saved again", who));
  }
}

void Certifier::CheckReplica() {
  const auto writes = [](const report::CommandFacts& command) {
    return command.flags.starts_with("write");
  };
  if (std::ranges::none_of(certificate_.module.commands, writes)) {
    AddCheck(kReplica, CheckVerdict::kNotApplicable, "none of its commands writes");
  } else if (!WasTried(kReplica)) {
    AddCheck(kReplica, CheckVerdict::kNotRun, "no automatic call left data");
  } else {
    AddCheck(kReplica,
             fmt::format("{} calls left data that a replica got as well", data_checks_[kReplica]));
  }
}

void Certifier::Reload() {
  if (!Wanted(kReload)) return;
  options_.on_stage(std::string(kReload), 1);
  const Tried tried = Try(kReload, std::string(kReload), {}, [](module::Host& host) {
    const std::string reason = oracle::ReasonToStay(host, *host.modules().front());
    if (!reason.empty()) return Said{{}, reason};
    return Said{oracle::Reload(host), {}};
  });
  if (tried.came_back() && !tried.said.text.empty()) {
    AddCheck(kReload, CheckVerdict::kNotApplicable, tried.said.text);
  } else {
    AddCheck(kReload, "unloaded and loaded again");
  }
}

std::vector<Probe> Certifier::AcceptedProbes() {
  std::vector<Probe> probes;
  for (const report::CommandFacts& command : certificate_.module.commands)
    for (int count = 0; count <= oracle::kArgumentsMax; ++count) {
      const bool is_known = options_.only.empty() && !accepted_[command.name].contains(count);
      if (is_known || lost_.contains(command.name)) continue;
      probes.push_back(oracle::MakeProbe(ShapeOf(command), count, Protocol::kResp2));
    }
  return probes;
}

// Each call that came back is made again and again; then all of them in one world, which has to be
// cleared away.
void Certifier::Memory() {
  if (can_start_threads_) {
    AddCheck(kMemory, CheckVerdict::kNotApplicable,
             "it can start threads, and what they still hold is not known");
    return;
  }
  const std::vector<Probe> probes = AcceptedProbes();
  options_.on_stage(std::string(kMemory), probes.size() + 1);
  size_t calls = 0;
  for (const Probe& probe : probes) {
    const std::string name = fmt::format("{} {}", kMemory, probe.Name());
    if (!Wanted(name)) continue;
    ++calls;
    Try(kMemory, name, probe.argv[0], [&](module::Host& host) {
      return Said{oracle::MemoryGrowth(host, *host.modules().front(), probe), {}};
    });
  }
  std::string detail = fmt::format("{} calls made again and again", calls);
  if (Wanted(kMemory)) detail += Unload(probes);
  if (calls > 0 || Wanted(kMemory)) AddCheck(kMemory, std::move(detail));
}

// What there is to say of it, behind "calls made".
std::string Certifier::Unload(const std::vector<Probe>& probes) {
  const Tried tried = Try(kMemory, std::string(kMemory), {}, [&](module::Host& host) {
    for (const Probe& probe : probes) oracle::RunProbe(host, probe);
    host.TakeFindings();  // noted before, under the calls that made them
    std::string reason = oracle::ReasonToStay(host, *host.modules().front());
    if (!reason.empty()) return Said{{}, std::move(reason)};
    std::vector<Finding> findings = oracle::MemoryAtUnload(host);
    // What a call forgets each time is told with that call.
    if (!found_in_[std::string(kMemory)].empty()) findings.clear();
    return Said{std::move(findings), host.modules().empty() ? "" : "its OnUnload refuses"};
  });
  if (!tried.came_back()) return {};
  return tried.said.text.empty() ? "; unloaded after all of them in one world"
                                 : "; not unloaded: " + tried.said.text;
}

void Certifier::RunSpecs() {
  if (!options_.only.empty() || options_.specs.empty()) return;
  RunOptions run;
  run.side.make_target = [&] {
    return std::make_unique<target::InProcessTarget>(
        target::InProcessOptions{.profile = options_.profile});
  };
  run.side.limits.timeout_ms = options_.limits.timeout_ms * 3;
  run.side.checks_what_is_left = true;
  run.more_arguments = {"--module", options_.path};
  const auto picks = Select(options_.specs, {});
  options_.on_stage("specs", picks ? picks->size() : 0);
  if (!picks) return;
  certificate_.specs = RunPicks(*picks, run);
  // What is no failure of a scenario is a warning about what it left.
  for (report::ScenarioResult& scenario : certificate_.specs.scenarios) {
    if (scenario.verdict != report::Verdict::kPassed) continue;
    for (Finding& finding : std::exchange(scenario.findings, {})) {
      finding.reproduce = Reproduce("--spec", scenario.file);
      Note(kRdb, scenario.name, std::move(finding));
    }
  }
}

void Certifier::CheckSpecs() {
  if (!options_.only.empty()) return;
  if (options_.specs.empty()) {
    AddCheck("specs", CheckVerdict::kNotApplicable, "none were given (--spec)");
    return;
  }
  const report::RunResult& specs = certificate_.specs;
  const std::string left_out = report::TextOfLeftOut(specs.LeftOutByReason());
  AddCheck(
      "specs", specs.conforms() ? CheckVerdict::kPassed : CheckVerdict::kFailed,
      fmt::format("{} scenarios passed, {} failed, {} skipped{}",
                  specs.Count(report::Verdict::kPassed),
                  specs.Count(report::Verdict::kFailed) + specs.Count(report::Verdict::kError),
                  specs.Count(report::Verdict::kSkipped), left_out.empty() ? "" : "; " + left_out));
}

report::Certificate Certifier::Run(report::Certificate certificate) {
  certificate_ = std::move(certificate);
  Load();
  if (!certificate_.module.loaded) {
    for (const std::string_view name : {"API functions", "arguments", "key types", "RDB round trip",
                                        "AOF rewrite", "replica", "reload", "memory", "specs"})
      AddCheck(name, CheckVerdict::kNotRun, "it cannot be loaded");
    return std::move(certificate_);
  }
  if (options_.depth == CertifyOptions::Depth::kLoad) return std::move(certificate_);
  if (options_.depth == CertifyOptions::Depth::kCalls) {
    CallAll(Protocol::kResp2);
    return std::move(certificate_);
  }
  LoadBare();
  CheckFunctions();
  for (const Protocol protocol : {Protocol::kResp2, Protocol::kResp3}) CallAll(protocol);
  for (const Protocol protocol : {Protocol::kResp2, Protocol::kResp3}) CallOnEachType(protocol);
  RunSpecs();
  CheckRoundTrips();
  CheckReplica();
  Reload();
  Memory();
  CheckSpecs();
  for (report::CommandFacts& command : certificate_.module.commands) {
    command.accepts_arguments = fmt::format("{}", fmt::join(accepted_[command.name], ", "));
    command.accepts_types = TypesText(types_[command.name]);
  }
  for (size_t i = 0; i < more_.size() && i < certificate_.findings.size(); ++i) {
    if (more_[i] > 0)
      certificate_.findings[i].message += fmt::format(" (and in {} more calls)", more_[i]);
  }
  return std::move(certificate_);
}

}  // namespace

Result<report::Certificate> Certify(const CertifyOptions& options) {
  const auto table = module::ApiTableOf(options.profile);
  if (!table) return tl::unexpected(table.error());
  const auto bytes = ReadFile(options.path);
  if (!bytes) return tl::unexpected(bytes.error());
  const auto elf = module::ReadElf(*bytes, options.path);
  if (!elf) return tl::unexpected(elf.error());
  if (access(options.path.c_str(), X_OK) != 0)
    return Fail(options.path, "has no execute permission, and a server refuses such a module",
                "chmod +x " + ShellQuote(options.path));
  report::Certificate certificate;
  certificate.path = options.path;
  certificate.sha256 = Sha256Hex(*bytes);
  certificate.build_id = elf->build_id;
  certificate.size = bytes->size();
  certificate.profile = (*table)->profile().name;
  certificate.args = options.args;
  auto trial = ModuleTrial::Create(options.path, options.profile, options.limits);
  if (!trial) return tl::unexpected(trial.error());
  return Certifier(options, *elf, *std::move(trial)).Run(std::move(certificate));
}

}  // namespace modcert::run
