// The format strings of Call, Replicate and EmitAOF: letters that take arguments, and modifiers.
#pragma once

#include <cstdarg>
#include <optional>

#include "abi/profile.h"
#include "engine/client.h"
#include "engine/propagation.h"

namespace modcert::api {

// What a format asks for besides the arguments.
struct CallModifiers {
  bool replicate = false;           // !
  bool not_to_aof = false;          // A
  bool not_to_replicas = false;     // R
  bool resp3 = false;               // 3
  bool protocol_of_client = false;  // 0
  bool as_user = false;             // C
  bool script_rules = false;        // S
  bool refuse_writes = false;       // W
  bool obey_deny_oom = false;       // M
  bool errors_as_replies = false;   // E (and D)
  bool dry_run = false;             // D
  bool allow_blocking = false;      // K
};

struct ParsedCall {
  engine::Args args;  // the command's name first
  CallModifiers modifiers;
};

// Whom A and R leave as receivers.
engine::PropagateTo ReceiversOf(const CallModifiers& modifiers);

// Reads the variable arguments that `format` describes. Nothing for a letter that the profile's
// server does not know: no argument behind it has been read then.
std::optional<ParsedCall> ParseCall(const abi::Profile& profile, const char* command,
                                    const char* format, va_list arguments);

}  // namespace modcert::api
