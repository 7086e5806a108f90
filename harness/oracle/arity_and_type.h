// Commands are called with too few and too many arguments, and on keys of each type: exactly one
// reply comes, and a key of the wrong type stays as it was.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "oracle/oracles.h"
#include "resp/value.h"

namespace modcert::oracle {

inline constexpr int kArgumentsMax = 6;  // more than almost any command needs

// The types of keys that commands are tried on, by the names that TYPE prints; the last is that of
// another module.
inline constexpr std::string_view kKeyTypes[] = {"string", "list", "set",
                                                 "hash",   "zset", "modcert-f"};

// One call.
struct Probe {
  std::vector<std::string> argv;
  resp::Protocol protocol = resp::Protocol::kResp2;
  std::string key_type;           // of kKeyTypes; empty: the keys are not there
  std::vector<std::string> keys;  // made before the call, when there is a key type

  // "resp3 list HASH.SET k1 1 1", "resp2 HASH.SET k1": names one call among all.
  std::string Name() const;
};

// What is known about a command without calling it.
struct CommandShape {
  std::string name;
  int first_key = 0;  // 0: none declared
  int last_key = 0;
  int key_step = 0;
};
CommandShape ShapeOf(const module::Host& host, std::string_view command);

// A command with so many arguments. Where it declares keys stand keys, elsewhere "1", which is a
// fair text, number and flag. The key type, when there is one, is that of all keys; a command that
// declares none is tried with a key as first argument.
Probe MakeProbe(const CommandShape& shape, int argument_count, resp::Protocol protocol,
                std::string_view key_type = {});

// What came of a call that did not end the process.
struct ProbeOutcome {
  enum class Kind { kReply, kError, kWrongArity, kBlocked };

  Kind kind = Kind::kReply;
  std::string error;  // its first line
  Findings findings;
};

// Makes the call on a client of its own, and reads what came back.
ProbeOutcome RunProbe(module::Host& host, const Probe& probe);

// All probes of all commands of all modules, one after the other on this host.
Findings ArityAndType(module::Host& host);

}  // namespace modcert::oracle
