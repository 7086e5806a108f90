// What came of the certification of one module, as plain data: filled by run/certification.h,
// printed by the writers beside it. The same module and options give the same certificate: nothing
// in it depends on time or place in memory.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "report/profile_verdict.h"
#include "report/result.h"
#include "report/text.h"
#include "validate/finding.h"

namespace modcert::report {

// A command that the module registers.
struct CommandFacts {
  std::string name;
  std::string flags;  // "write deny-oom"; empty when it has none
  int first_key = 0;  // 0: none declared
  int last_key = 0;
  int key_step = 0;
  // The numbers of arguments that were not refused as wrong, in text: "1, 2, 3".
  std::string accepts_arguments;
  // The types of keys that it did not answer with an error on.
  std::string accepts_types;
};

struct TypeFacts {
  std::string name;
  int encoding_version = 0;
};

// An API function that the module looks up.
struct FunctionFacts {
  std::string name;
  bool used = true;         // its code refers to it, besides the look-up
  bool in_profile = true;   // the server of this profile has it
  bool implemented = true;  // this host has it
};

// What a module says of itself when it is loaded.
struct ModuleFacts {
  bool loaded = false;  // false: what follows is empty
  std::string name;
  int version = 0;
  int api_version = 0;
  std::vector<CommandFacts> commands;
  std::vector<TypeFacts> types;
  std::vector<FunctionFacts> functions;
  bool tells_use = false;   // false: `used` is not known
  std::string first_redis;  // "5.0.0"; empty: no release has all that it uses
  std::string first_valkey;
};

enum class CheckVerdict {
  kPassed,
  kWarning,
  kFailed,
  kNotApplicable,  // the module gives no occasion; `detail` says why
  kNotRun,         // something before it failed; `detail` says what
};

struct Check {
  std::string name;
  CheckVerdict verdict = CheckVerdict::kNotRun;
  std::string detail;
};

struct Certificate {
  std::string path;
  std::string sha256;
  std::string build_id;  // empty: the file has none
  size_t size = 0;       // bytes
  std::string profile;
  std::vector<std::string> args;
  ModuleFacts module;
  std::vector<Check> checks;
  std::vector<validate::Finding> findings;
  RunResult specs;                       // the scenarios of the given specs
  std::vector<ProfileVerdict> profiles;  // of every server version; empty: only `profile` was asked

  // A failed check or an error among the findings, or a version where it counts and fails.
  bool has_errors() const;
  bool has_warnings() const;
  // "CERTIFIED", "CERTIFIED WITH WARNINGS", "NOT CERTIFIED".
  std::string_view verdict() const;
};

// "passed", "warning", "failed", "not applicable", "not run".
std::string_view CheckVerdictName(CheckVerdict verdict);

// For a person at a terminal.
std::string CertificateText(const Certificate& certificate, Colour colour);

// For other programs.
std::string CertificateJson(const Certificate& certificate);

// One self-contained page.
std::string CertificateHtml(const Certificate& certificate);

// The checks and the specs as scenarios, for JUnit and TAP.
RunResult CertificateAsRun(const Certificate& certificate);

// What a child process tells its parent of the module, and back.
std::string JsonOfModuleFacts(const ModuleFacts& facts);
Result<ModuleFacts> ModuleFactsFromJson(std::string_view text);

}  // namespace modcert::report
