// Call: a command that a module runs, from the format that it gave to the reply that it gets.
#pragma once

#include <cstdint>

#include "engine/client.h"
#include "engine/propagation.h"
#include "redismodule_types.h"

namespace modcert::module {
class Host;
class Module;

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
  bool exact_kinds = false;         // X
};

// Whom A and R leave as receivers.
engine::PropagateTo ReceiversOf(const CallModifiers& modifiers);

// What Call was asked to run.
struct CallRequest {
  engine::Args args;  // the command's name first; of a format that is wrong, as far as it was read
  CallModifiers modifiers;
  bool well_formed = true;  // each letter of the format is one that the server knows
};

// Runs it, or refuses: then errno says why, and the reply is null or, with the modifier E, an
// error. Null as well for what a dry run (D) allows.
RedisModuleCallReply* RunCall(RedisModuleCtx* ctx, CallRequest request);

// The command of a Call with K that has blocked: shared by the reply of type PROMISE and by the
// client that waits. Lock held.
struct CallPromise {
  Host& host;
  Module& module;
  uint64_t client_id;  // 0: it has come to an end, or was aborted
  RedisModuleOnUnblocked on_unblocked = nullptr;
  void* private_data = nullptr;

  // The command comes to its end without anybody hearing of it. False when it has ended before.
  bool Abort();
  // It has come to its end: the client that waited, whose reply is in its output.
  engine::Client& End();
};

}  // namespace modcert::module
