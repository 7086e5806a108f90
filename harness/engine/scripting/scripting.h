// Scripts and functions of one server: the EVAL cache, the function libraries, and the script that
// runs right now.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/reply.h"
#include "engine/scripting/eval_scripts.h"
#include "engine/scripting/fiber.h"
#include "engine/scripting/function_libraries.h"
#include "engine/scripting/interpreter.h"
#include "engine/scripting/script_debugger.h"
#include "engine/scripting/script_random.h"

namespace modcert::engine {
class Client;
class CommandCall;
class Server;
}  // namespace modcert::engine

namespace modcert::engine::scripting {

// What is to run, and as what.
struct ScriptCall {
  Interpreter* interpreter;  // null: another language, see below
  Interpreter::FunctionId function;
  Interpreter::Passing passing;
  ScriptEngine* engine = nullptr;
  void* engine_function = nullptr;
  std::string name;  // the digest of a script, the name of a function
  uint64_t flags;    // ScriptFlag
  bool by_read_only_command;
  std::span<const std::string> keys;
  std::span<const std::string> arguments;
};

// Owned by Server, which makes it when the first command needs it. Host's lock held.
class Scripting {
 public:
  explicit Scripting(Server& server);
  ~Scripting();

  ScriptEngines engines;
  EvalScripts eval;
  FunctionLibraries functions;
  ScriptRandom random;
  ScriptDebugger debugger;
  // DEBUG SET-DISABLE-DENY-SCRIPTS: scripts may call what scripts may not.
  bool may_call_all = false;

  // Runs a script for the command `call`: checks what its flags ask for, runs it, counts its
  // errors.
  Reply Run(CommandCall& call, const ScriptCall& script);

  // Takes an engine away, with all that it has compiled.
  void RemoveEngine(const ScriptEngine& engine);

  // Runs a unit of execution that may run a script: it can then be suspended when that takes long.
  void RunUnit(Client& client, std::function<void()> unit);
  // True inside of RunUnit: units do not nest.
  bool in_unit() const { return fiber_ && (fiber_->running() || fiber_->suspended()); }

  // A script, or a command of a module that yields, is over busy-reply-threshold: others get this
  // until it ends or is killed.
  bool busy() const { return fiber_ && fiber_->suspended(); }
  Reply BusyReply() const;
  // Lets the busy script go on for so much script time.
  void Continue(int64_t ms);
  // The command that runs is a module's, and lets others have their say now: they are told so in
  // its words. One call counts as a millisecond, and nothing happens before busy-reply-threshold of
  // them, or in a command that cannot be left alone in its middle.
  void Yield(std::string_view words);
  // SCRIPT KILL and FUNCTION KILL: OK, or why not.
  using Kind = ScriptKind;
  Reply Kill(Kind kind);
  // The client's connection ends: so does the script that it runs.
  void Disconnected(Client& client);
  // The script that runs, or null; for FUNCTION STATS.
  const ScriptRun* current() const { return run_; }
  bool current_is_function() const { return kind_ == Kind::kFunction; }

  // The interpreter says that a millisecond of script time is over. May suspend the unit.
  void SliceOver(ScriptRun& run);

 private:
  std::optional<Reply> Refusal(const Client& caller, const ScriptCall& script,
                               bool memory_full) const;
  ScriptReply Call(ScriptRun& run, const ScriptCall& script);
  resp::Value CallEngine(ScriptRun& run, const ScriptCall& script);
  void End();
  void Suspend(Client& client);

  Server& server_;
  std::unique_ptr<Fiber> fiber_;
  Client* unit_of_ = nullptr;  // whose unit it is that runs
  ScriptRun* run_ = nullptr;
  Kind kind_ = Kind::kEval;
  int64_t allowed_ms_ = 0;  // script time until the next suspension
  std::string busy_words_;  // of the module that yields
};

}  // namespace modcert::engine::scripting
