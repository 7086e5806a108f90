// What came of a module on one server version, of the many that its users run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "report/text.h"
#include "validate/finding.h"

namespace modcert::report {

struct ProfileVerdict {
  enum class Outcome {
    kCertified,
    kWarnings,
    kNotCertified,
    // Older than what the module asks for, or another server: functions are missing that its code
    // refers to, and whether it knows what to do without them is told, and held against nobody.
    kSurvives,  // loads, and every call comes back
    kRefuses,   // its OnLoad says no
    kBreaks,    // takes the server with it
  };
  std::string profile;  // "redis-6.2"
  Outcome outcome = Outcome::kCertified;
  std::vector<std::string> lacks;  // the functions that are missing there
  std::string detail;              // what was done, or the first thing that went wrong
  std::vector<validate::Finding> findings;

  // Whether the module has to be right there.
  bool counts() const { return outcome <= Outcome::kNotCertified; }
};

// "certified", "certified with warnings", "NOT CERTIFIED", "survives", "refuses to load", "breaks".
std::string_view OutcomeName(ProfileVerdict::Outcome outcome);

// One line for each version, under a title; empty when there are none.
std::string TextOfProfiles(const std::vector<ProfileVerdict>& profiles, Colour colour);

// What a child process tells its parent, and back.
std::string JsonOfProfileVerdict(const ProfileVerdict& verdict);
Result<ProfileVerdict> ProfileVerdictFromJson(std::string_view text);

}  // namespace modcert::report
