// The honest test of an old version is to run the module there: what is missing is only a hint,
// because a module may look whether it got a function, and do without.
#include "run/profile_matrix.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <utility>

#include "abi/functions.h"
#include "abi/profile.h"
#include "run/workers.h"

namespace modcert::run {
namespace {

using report::Certificate;
using report::CheckVerdict;
using report::ProfileVerdict;
using validate::Finding;
using validate::Severity;
using Outcome = ProfileVerdict::Outcome;

// What one version is tried with.
struct Trial {
  const abi::Profile* profile;
  std::vector<std::string> lacks;
  CertifyOptions::Depth depth;

  // Whether the module has to be right there, and all of it is looked at.
  bool is_certified() const { return lacks.empty() && depth == CertifyOptions::Depth::kAll; }
};

CertifyOptions OptionsOn(const CertifyOptions& options, std::string_view profile,
                         CertifyOptions::Depth depth) {
  CertifyOptions on = options;
  on.profile = profile;
  on.depth = depth;
  on.on_stage = [](const std::string&, size_t) {};
  return on;
}

// The versions that are asked, in turn, what the module is: old ones may refuse it.
Result<report::ModuleFacts> AskFacts(const CertifyOptions& options) {
  for (const std::string_view profile : {abi::DefaultProfile().name, std::string_view("redis-8.10"),
                                         std::string_view("valkey-9.1")}) {
    CertifyOptions asking = OptionsOn(options, profile, CertifyOptions::Depth::kLoad);
    asking.specs.clear();
    auto certificate = Certify(asking);
    if (!certificate) return tl::unexpected(certificate.error());
    if (certificate->module.loaded) return std::move(certificate->module);
  }
  return report::ModuleFacts{};
}

// The functions that the module's code refers to and the version does not have. When the code does
// not tell, nothing is said to be missing.
std::vector<std::string> LackedBy(const abi::Profile& profile, const report::ModuleFacts& module) {
  std::vector<std::string> lacks;
  if (!module.tells_use) return lacks;
  for (const report::FunctionFacts& used : module.functions) {
    const abi::Function* function = abi::Find(used.name);
    if (!used.used || (function && abi::AvailableIn(*function, profile))) continue;
    lacks.push_back(used.name);
  }
  return lacks;
}

bool IsDeath(const Finding& finding) { return finding.contract.starts_with("run."); }

const Finding* FirstWorst(const Certificate& certificate) {
  const auto worst = std::ranges::max_element(certificate.findings, {}, [](const Finding& finding) {
    return std::pair(finding.severity, IsDeath(finding));
  });
  return worst == certificate.findings.end() ? nullptr : &*worst;
}

Outcome OutcomeOf(const Certificate& certificate, bool counts) {
  if (counts) {
    if (certificate.has_errors()) return Outcome::kNotCertified;
    return certificate.has_warnings() ? Outcome::kWarnings : Outcome::kCertified;
  }
  if (std::ranges::any_of(certificate.findings, IsDeath)) return Outcome::kBreaks;
  return certificate.module.loaded ? Outcome::kSurvives : Outcome::kRefuses;
}

// "11 checks passed, 1 warning; 12 scenarios passed, 3 not for it".
std::string WhatWasDone(const Certificate& certificate) {
  const auto count = [&](CheckVerdict verdict) {
    return std::ranges::count(certificate.checks, verdict, &report::Check::verdict);
  };
  std::string text = fmt::format("{} checks passed", count(CheckVerdict::kPassed));
  if (const auto warned = count(CheckVerdict::kWarning))
    text += fmt::format(", {} with warnings", warned);
  if (const auto failed = count(CheckVerdict::kFailed)) text += fmt::format(", {} failed", failed);
  const report::RunResult& specs = certificate.specs;
  if (specs.scenarios.empty()) return text;
  text += fmt::format("; {} scenarios passed", specs.Count(report::Verdict::kPassed));
  const size_t failed =
      specs.Count(report::Verdict::kFailed) + specs.Count(report::Verdict::kError);
  if (failed > 0) text += fmt::format(", {} failed", failed);
  if (const size_t skipped = specs.Count(report::Verdict::kSkipped))
    text += fmt::format(", {} not for it", skipped);
  return text;
}

ProfileVerdict VerdictOf(const Certificate& certificate, const Trial& trial) {
  ProfileVerdict verdict{.profile = certificate.profile,
                         .outcome = OutcomeOf(certificate, trial.is_certified()),
                         .lacks = trial.lacks};
  const Finding* worst = FirstWorst(certificate);
  if (verdict.counts()) {
    verdict.detail = WhatWasDone(certificate);
    verdict.findings = certificate.findings;
  } else if (worst && verdict.outcome != Outcome::kSurvives) {
    verdict.detail = worst->message;
  } else if (trial.lacks.empty() && certificate.module.tells_use) {
    verdict.detail = "has all that it uses";
  }
  return verdict;
}

ProfileVerdict Try(const CertifyOptions& options, const Trial& trial) {
  CertifyOptions on = OptionsOn(options, trial.profile->name, trial.depth);
  if (trial.depth != CertifyOptions::Depth::kAll) on.specs.clear();
  const auto certificate = Certify(on);
  if (certificate) return VerdictOf(*certificate, trial);
  return {.profile = std::string(trial.profile->name),
          .outcome = Outcome::kNotCertified,
          .detail = certificate.error().ToString()};
}

Result<std::vector<ProfileVerdict>> TryAll(const CertifyOptions& options,
                                           const std::vector<Trial>& trials) {
  std::vector<ProfileVerdict> verdicts(trials.size());
  const auto make_work = [&](WorkerStart) -> Work {
    return [&](int index) -> std::optional<std::string> {
      return report::JsonOfProfileVerdict(Try(options, trials[static_cast<size_t>(index)]));
    };
  };
  const auto take = [&](int index, const Result<std::string>& payload) {
    const auto place = static_cast<size_t>(index);
    auto verdict = payload ? report::ProfileVerdictFromJson(*payload)
                           : Result<ProfileVerdict>(tl::unexpected(payload.error()));
    if (verdict) {
      verdicts[place] = *std::move(verdict);
    } else {
      verdicts[place] = {.profile = std::string(trials[place].profile->name),
                         .outcome = Outcome::kNotCertified,
                         .detail = verdict.error().ToString()};
    }
  };
  options.on_stage("other server versions", trials.size());
  const int jobs = static_cast<int>(std::max(std::thread::hardware_concurrency(), 1u));
  if (auto done = RunInWorkers(static_cast<int>(trials.size()), jobs, make_work, take); !done)
    return tl::unexpected(done.error());
  return verdicts;
}

// Whose code does not tell what it needs has its minimum where it stops to work: what fails on a
// version older than `main` is held against nobody, nor what is older still.
void FindMinimum(std::string_view main, std::vector<ProfileVerdict>& verdicts) {
  const auto begin = std::ranges::find(verdicts, main, &ProfileVerdict::profile);
  bool works = true;
  for (auto it = std::make_reverse_iterator(begin); it != verdicts.rend(); ++it) {
    works &= it->outcome != Outcome::kNotCertified;
    if (works) continue;
    const bool loads = std::ranges::none_of(
        it->findings, [](const Finding& finding) { return finding.contract == "module.loads"; });
    const bool dies = std::ranges::any_of(it->findings, IsDeath);
    it->outcome = dies ? Outcome::kBreaks : loads ? Outcome::kSurvives : Outcome::kRefuses;
    if (!it->findings.empty() && !it->counts()) it->detail = it->findings.front().message;
  }
}

// The findings that only other versions show, each once, with the versions.
void AddFindings(const std::vector<ProfileVerdict>& verdicts, Certificate& certificate) {
  const auto key = [](const Finding& finding) {
    return std::pair(finding.contract, finding.function);
  };
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> places;
  const size_t own = certificate.findings.size();
  for (const ProfileVerdict& verdict : verdicts) {
    if (!verdict.counts()) continue;
    for (const Finding& finding : verdict.findings) {
      const auto begin = certificate.findings.begin();
      const auto same = [&](const Finding& other) { return key(other) == key(finding); };
      if (std::any_of(begin, begin + static_cast<ptrdiff_t>(own), same)) continue;
      std::vector<std::string>& where = places[key(finding)];
      if (where.empty()) {
        certificate.findings.push_back(finding);
        certificate.findings.back().suite = "on " + verdict.profile;
      }
      if (where.empty() || where.back() != verdict.profile) where.push_back(verdict.profile);
    }
  }
  for (size_t i = own; i < certificate.findings.size(); ++i) {
    Finding& finding = certificate.findings[i];
    finding.message += fmt::format(" (only on {})", fmt::join(places[key(finding)], ", "));
  }
}

std::vector<Trial> TrialsOf(const report::ModuleFacts& module, CertifyOptions::Depth depth) {
  std::vector<Trial> trials;
  for (const abi::Profile& profile : abi::AllProfiles()) {
    Trial trial{.profile = &profile, .lacks = LackedBy(profile, module), .depth = depth};
    if (!trial.lacks.empty()) trial.depth = CertifyOptions::Depth::kCalls;
    trials.push_back(std::move(trial));
  }
  return trials;
}

// redis-7.0 when the module can be expected to run there, or the first version that has all it
// needs.
const Trial& MainTrial(const std::vector<Trial>& trials) {
  const auto usual = std::ranges::find(trials, &abi::DefaultProfile(), &Trial::profile);
  if (usual->lacks.empty()) return *usual;
  const auto first =
      std::ranges::find_if(trials, [](const Trial& trial) { return trial.lacks.empty(); });
  return first == trials.end() ? *usual : *first;
}

}  // namespace

Result<Certificate> CertifyOnAll(const CertifyOptions& options) {
  if (!options.profile.empty() || !options.only.empty()) return Certify(options);
  const auto module = AskFacts(options);
  if (!module) return tl::unexpected(module.error());
  // There is nothing to tell apart where it loads nowhere.
  if (!module->loaded) return Certify(options);
  std::vector<Trial> trials = TrialsOf(*module, CertifyOptions::Depth::kAll);
  const Trial main = MainTrial(trials);
  CertifyOptions here = options;
  if (main.profile != &abi::DefaultProfile()) here.profile = main.profile->name;
  auto certificate = Certify(here);
  if (!certificate) return certificate;
  const auto place = std::ranges::find(trials, main.profile, &Trial::profile) - trials.begin();
  trials.erase(trials.begin() + place);
  auto verdicts = TryAll(options, trials);
  if (!verdicts) return tl::unexpected(verdicts.error());
  verdicts->insert(verdicts->begin() + place, VerdictOf(*certificate, main));
  if (!module->tells_use) FindMinimum(main.profile->name, *verdicts);
  AddFindings(*verdicts, *certificate);
  certificate->profiles = *std::move(verdicts);
  return certificate;
}

Result<Survival> TrySurvival(const CertifyOptions& options) {
  auto module = AskFacts(options);
  if (!module) return tl::unexpected(module.error());
  auto verdicts = TryAll(options, TrialsOf(*module, CertifyOptions::Depth::kLoad));
  if (!verdicts) return tl::unexpected(verdicts.error());
  return Survival{*std::move(module), *std::move(verdicts)};
}

std::string JsonOfSurvival(const Survival& survival) {
  using JsonNode = nlohmann::ordered_json;
  JsonNode profiles = JsonNode::array();
  for (const ProfileVerdict& verdict : survival.profiles)
    profiles.push_back({{"profile", verdict.profile},
                        {"outcome", OutcomeName(verdict.outcome)},
                        {"lacks", verdict.lacks},
                        {"detail", verdict.detail}});
  const JsonNode json = {
      {"modcert", 1},
      {"module", JsonNode::parse(report::JsonOfModuleFacts(survival.module), nullptr, false)},
      {"profiles", profiles}};
  return json.dump(2, ' ', false, JsonNode::error_handler_t::replace) + "\n";
}

}  // namespace modcert::run
