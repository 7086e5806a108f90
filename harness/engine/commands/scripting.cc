// EVAL and its kin, and SCRIPT.

#include "engine/scripting/scripting.h"
#include "engine/command_call.h"
#include "engine/commands/option_word.h"
#include "engine/commands/script_keys.h"
#include "engine/commands/tables.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

using scripting::EvalScripts;
using scripting::Interpreter;
using scripting::Scripting;

constexpr size_t kDigestSize = 40;  // hex digits

bool IsReadOnlyForm(const CommandCall& call) { return call.command.Has(kCommandReadonly); }

Reply RunScript(CommandCall& call, const EvalScripts::Script& script,
                const ScriptKeys& parameters) {
  Scripting& scripting = call.server.scripting();
  return scripting.Run(call,
                       {.interpreter = script.engine ? nullptr : &scripting.eval.interpreter(),
                        .function = script.function,
                        .passing = Interpreter::Passing::kGlobals,
                        .engine = script.engine,
                        .engine_function = script.engine_function,
                        .name = script.digest,
                        .flags = script.flags,
                        .by_read_only_command = IsReadOnlyForm(call),
                        .keys = parameters.keys,
                        .arguments = parameters.arguments});
}

// EVAL script numkeys [key ...] [arg ...], and EVAL_RO
Reply Eval(CommandCall& call) {
  const auto parameters = ParseScriptKeys(call, "ERR value is not an integer or out of range");
  if (!parameters) return parameters.error();
  const auto script = call.server.scripting().eval.Load(call.arg(1));
  if (!script) return Reply::Error(script.error());
  return RunScript(call, **script, *parameters);
}

// EVALSHA sha1 numkeys [key ...] [arg ...], and EVALSHA_RO
Reply EvalSha(CommandCall& call) {
  const Reply unknown = Reply::Error("NOSCRIPT No matching script. Please use EVAL.");
  if (call.arg(1).size() != kDigestSize) return unknown;
  const auto parameters = ParseScriptKeys(call, "ERR value is not an integer or out of range");
  if (!parameters) return parameters.error();
  const EvalScripts::Script* script = call.server.scripting().eval.Find(call.arg(1));
  return script ? RunScript(call, *script, *parameters) : unknown;
}

// SCRIPT LOAD script
Reply ScriptLoad(CommandCall& call) {
  const auto script = call.server.scripting().eval.Load(call.arg(2));
  return script ? Reply::Bulk((*script)->digest) : Reply::Error(script.error());
}

// SCRIPT EXISTS sha1 [sha1 ...]
Reply ScriptExists(CommandCall& call) {
  std::vector<resp::Value> found;
  for (const std::string& digest : call.args.subspan(2))
    found.push_back(resp::Value::Integer(call.server.scripting().eval.Find(digest) ? 1 : 0));
  return Reply::Array(std::move(found));
}

// SCRIPT FLUSH [ASYNC|SYNC]
Reply ScriptFlush(CommandCall& call) {
  const bool valid =
      call.argc() == 2 ||
      (call.argc() == 3 && (IsOption(call.arg(2), "SYNC") || IsOption(call.arg(2), "ASYNC")));
  if (!valid) return Reply::Error("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
  using Pace = scripting::ScriptEngine::Pace;
  const bool is_async = call.argc() == 3 && IsOption(call.arg(2), "ASYNC");
  call.server.scripting().eval.Flush(is_async ? Pace::kInBackground : Pace::kNow);
  return Reply::Ok();
}

// SCRIPT KILL
Reply ScriptKill(CommandCall& call) { return call.server.scripting().Kill(Scripting::Kind::kEval); }

// SCRIPT DEBUG YES|SYNC|NO
Reply ScriptDebug(CommandCall& call) {
  const std::string& mode = call.arg(2);
  const bool wanted = IsOption(mode, "YES") || IsOption(mode, "SYNC");
  if (wanted || IsOption(mode, "NO")) {
    call.server.scripting().debugger.SetWanted(call.client, wanted);
    return Reply::Ok();
  }
  return Reply::Error("ERR Use SCRIPT DEBUG YES/SYNC/NO");
}

constexpr CommandRow kTable[] = {
    {.name = "eval", .run = Eval},
    {.name = "eval_ro", .run = Eval},
    {.name = "evalsha", .run = EvalSha},
    {.name = "evalsha_ro", .run = EvalSha},
    {.name = "script|load", .run = ScriptLoad},
    {.name = "script|exists", .run = ScriptExists},
    {.name = "script|flush", .run = ScriptFlush},
    {.name = "script|kill", .run = ScriptKill},
    {.name = "script|debug",
     .run = ScriptDebug,
     .partial = "no debugger for Lua: its scripts run as always"},
};

}  // namespace

std::span<const CommandRow> ScriptingCommands() { return kTable; }

}  // namespace modcert::engine
