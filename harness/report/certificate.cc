#include "report/certificate.h"

#include <algorithm>

namespace modcert::report {
namespace {

using validate::Finding;
using validate::Severity;

bool HasSeverity(const std::vector<Finding>& findings, Severity severity) {
  return std::ranges::any_of(findings,
                             [&](const Finding& finding) { return finding.severity == severity; });
}

bool HasVerdict(const std::vector<Check>& checks, CheckVerdict verdict) {
  return std::ranges::any_of(checks, [&](const Check& check) { return check.verdict == verdict; });
}

bool HasOutcome(const std::vector<ProfileVerdict>& profiles, ProfileVerdict::Outcome outcome) {
  return std::ranges::any_of(
      profiles, [&](const ProfileVerdict& verdict) { return verdict.outcome == outcome; });
}

Verdict VerdictOf(const ProfileVerdict& verdict) {
  if (!verdict.counts()) return Verdict::kSkipped;
  return verdict.outcome == ProfileVerdict::Outcome::kNotCertified ? Verdict::kFailed
                                                                   : Verdict::kPassed;
}

Verdict VerdictOf(CheckVerdict verdict) {
  switch (verdict) {
    case CheckVerdict::kPassed:
    case CheckVerdict::kWarning:
      return Verdict::kPassed;
    case CheckVerdict::kFailed:
      return Verdict::kFailed;
    case CheckVerdict::kNotApplicable:
    case CheckVerdict::kNotRun:
      break;
  }
  return Verdict::kSkipped;
}

}  // namespace

bool Certificate::has_errors() const {
  return HasOutcome(profiles, ProfileVerdict::Outcome::kNotCertified) ||
         HasVerdict(checks, CheckVerdict::kFailed) || HasSeverity(findings, Severity::kError) ||
         !specs.conforms();
}

bool Certificate::has_warnings() const {
  return HasOutcome(profiles, ProfileVerdict::Outcome::kWarnings) ||
         HasVerdict(checks, CheckVerdict::kWarning) || HasSeverity(findings, Severity::kWarning);
}

std::string_view Certificate::verdict() const {
  if (has_errors()) return "NOT CERTIFIED";
  return has_warnings() ? "CERTIFIED WITH WARNINGS" : "CERTIFIED";
}

std::string_view CheckVerdictName(CheckVerdict verdict) {
  constexpr std::string_view kNames[] = {"passed", "warning", "failed", "not applicable",
                                         "not run"};
  return kNames[static_cast<int>(verdict)];
}

RunResult CertificateAsRun(const Certificate& certificate) {
  RunResult run;
  run.target = "inprocess";
  run.profile = certificate.profile;
  const auto add = [&](const std::string& name, const std::string& profile, Verdict verdict,
                       std::string reason) {
    ScenarioResult& scenario = run.scenarios.emplace_back();
    scenario.file = certificate.path;
    scenario.suite = "certify";
    scenario.name = name;
    scenario.place = certificate.path;
    scenario.profile = profile;
    scenario.verdict = verdict;
    scenario.reason = std::move(reason);
    // The suite of a finding is the check that made it, or the version that alone shows it.
    for (const Finding& finding : certificate.findings)
      if (finding.suite == name) scenario.findings.push_back(finding);
    if (!scenario.findings.empty()) scenario.reproduce = scenario.findings.front().reproduce;
  };
  for (const Check& check : certificate.checks)
    add(check.name, certificate.profile, VerdictOf(check.verdict), check.detail);
  for (const ProfileVerdict& verdict : certificate.profiles)
    add("on " + verdict.profile, verdict.profile, VerdictOf(verdict),
        verdict.detail.empty() ? std::string(OutcomeName(verdict.outcome))
                               : std::string(OutcomeName(verdict.outcome)) + ": " + verdict.detail);
  run.scenarios.insert(run.scenarios.end(), certificate.specs.scenarios.begin(),
                       certificate.specs.scenarios.end());
  return run;
}

}  // namespace modcert::report
