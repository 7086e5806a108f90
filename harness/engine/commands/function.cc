// FCALL and FUNCTION.

#include "base/glob_match.h"
#include "engine/command_call.h"
#include "engine/commands/option_word.h"
#include "engine/commands/script_keys.h"
#include "engine/commands/tables.h"
#include "engine/scripting/scripting.h"
#include "engine/server.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

using resp::Value;
using scripting::Function;
using scripting::FunctionLibraries;
using scripting::Interpreter;
using scripting::Library;
using scripting::Scripting;

// FCALL function numkeys [key ...] [arg ...], and FCALL_RO
Reply FCall(CommandCall& call) {
  Scripting& scripting = call.server.scripting();
  const Library* library = nullptr;
  const Function* function = scripting.functions.FindFunction(call.arg(1), &library);
  if (!function) return Reply::Error("ERR Function not found");
  const auto parameters = ParseScriptKeys(call, "ERR Bad number of keys provided");
  if (!parameters) return parameters.error();
  return scripting.Run(
      call, {.interpreter = library->engine ? nullptr : &scripting.functions.interpreter(),
             .function = function->id,
             .passing = Interpreter::Passing::kParameters,
             .engine = library->engine,
             .engine_function = function->engine_function,
             .name = function->name,
             .flags = function->flags,
             .by_read_only_command = call.command.Has(kCommandReadonly),
             .keys = parameters->keys,
             .arguments = parameters->arguments});
}

// FUNCTION LOAD [REPLACE] code
Reply FunctionLoad(CommandCall& call) {
  auto on_collision = FunctionLibraries::OnCollision::kFail;
  for (const std::string& option : call.args.subspan(2, call.args.size() - 3)) {
    if (!IsOption(option, "REPLACE"))
      return Reply::Error(fmt::format("ERR Unknown option given: {}", option));
    on_collision = FunctionLibraries::OnCollision::kReplace;
  }
  const auto name = call.server.scripting().functions.Load(call.arg(call.argc() - 1), on_collision);
  if (!name) return Reply::Error(name.error());
  call.AddDirty(1);
  return Reply::Bulk(*name);
}

// FUNCTION DELETE library
Reply FunctionDelete(CommandCall& call) {
  if (!call.server.scripting().functions.Delete(call.arg(2)))
    return Reply::Error("ERR Library not found");
  call.AddDirty(1);
  return Reply::Ok();
}

Reply WrongSubcommandArity(const CommandCall& call) {
  return Reply::Error(fmt::format(
      "ERR unknown subcommand or wrong number of arguments for '{}'. Try FUNCTION HELP.",
      call.arg(1)));
}

// FUNCTION FLUSH [ASYNC|SYNC]
Reply FunctionFlush(CommandCall& call) {
  if (call.argc() > 3) return WrongSubcommandArity(call);
  if (call.argc() == 3 && !IsOption(call.arg(2), "SYNC") && !IsOption(call.arg(2), "ASYNC"))
    return Reply::Error("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
  using Pace = scripting::ScriptEngine::Pace;
  const bool is_async = call.argc() == 3 && IsOption(call.arg(2), "ASYNC");
  call.server.scripting().functions.Flush(is_async ? Pace::kInBackground : Pace::kNow);
  call.AddDirty(1);
  return Reply::Ok();
}

Value FunctionInfo(const Function& function) {
  std::vector<Value> flags;
  const auto names = scripting::ScriptFlagNames();
  for (size_t i = 0; i < names.size(); ++i)
    if (function.flags >> i & 1) flags.push_back(Value::Simple(names[i]));
  return Value::Map({Value::Bulk("name"), Value::Bulk(function.name), Value::Bulk("description"),
                     function.description ? Value::Bulk(*function.description) : Value::Null(),
                     Value::Bulk("flags"), Value::Set(std::move(flags))});
}

std::string EngineName(const Library& library) {
  return library.engine ? std::string(library.engine->name()) : "LUA";
}

enum class WithCode { kNo, kYes };

Value LibraryInfo(const Library& library, WithCode with_code) {
  std::vector<Value> functions;
  for (const Function& function : library.functions) functions.push_back(FunctionInfo(function));
  std::vector<Value> fields = {Value::Bulk("library_name"), Value::Bulk(library.name),
                               Value::Bulk("engine"),       Value::Bulk(EngineName(library)),
                               Value::Bulk("functions"),    Value::Array(std::move(functions))};
  if (with_code == WithCode::kYes) {
    fields.push_back(Value::Bulk("library_code"));
    fields.push_back(Value::Bulk(library.code));
  }
  return Value::Map(std::move(fields));
}

// FUNCTION LIST [LIBRARYNAME pattern] [WITHCODE]
Reply FunctionList(CommandCall& call) {
  const std::string* pattern = nullptr;
  auto with_code = WithCode::kNo;
  for (int i = 2; i < call.argc(); ++i) {
    if (with_code == WithCode::kNo && IsOption(call.arg(i), "WITHCODE")) {
      with_code = WithCode::kYes;
    } else if (!pattern && IsOption(call.arg(i), "LIBRARYNAME")) {
      if (++i >= call.argc()) return Reply::Error("ERR library name argument was not given");
      pattern = &call.arg(i);
    } else {
      return Reply::Error(fmt::format("ERR Unknown argument {}", call.arg(i)));
    }
  }
  std::vector<Value> libraries;
  for (const auto& [name, library] : call.server.scripting().functions.libraries())
    if (!pattern || GlobMatch(*pattern, name, GlobCase::kInsensitive))
      libraries.push_back(LibraryInfo(library, with_code));
  return Reply::Array(std::move(libraries));
}

Value RunningScript(const Scripting& scripting) {
  const scripting::ScriptRun* run = scripting.current();
  if (!run || !scripting.current_is_function()) return Value::Null();
  std::vector<Value> command;
  for (const std::string& arg : run->command) command.push_back(Value::Bulk(arg));
  return Value::Map({Value::Bulk("name"), Value::Bulk(run->name), Value::Bulk("command"),
                     Value::Array(std::move(command)), Value::Bulk("duration_ms"),
                     Value::Integer(run->elapsed_ms)});
}

// What one engine has; null is Lua.
Value EngineCounts(const FunctionLibraries& functions, const scripting::ScriptEngine* engine) {
  int64_t library_count = 0;
  size_t function_count = 0;
  for (const auto& [name, library] : functions.libraries()) {
    if (library.engine != engine) continue;
    ++library_count;
    function_count += library.functions.size();
  }
  return Value::Map({Value::Bulk("libraries_count"), Value::Integer(library_count),
                     Value::Bulk("functions_count"),
                     Value::Integer(static_cast<int64_t>(function_count))});
}

// FUNCTION STATS
Reply FunctionStats(CommandCall& call) {
  const Scripting& scripting = call.server.scripting();
  if (scripting.current() && !scripting.current_is_function()) return scripting.BusyReply();
  std::vector<Value> engines = {Value::Bulk("LUA"), EngineCounts(scripting.functions, nullptr)};
  for (const auto& engine : scripting.engines.all()) {
    engines.push_back(Value::Bulk(engine->name()));
    engines.push_back(EngineCounts(scripting.functions, engine.get()));
  }
  return Value::Map({Value::Bulk("running_script"), RunningScript(scripting),
                     Value::Bulk("engines"), Value::Map(std::move(engines))});
}

// FUNCTION DUMP
Reply FunctionDump(CommandCall& call) {
  return Reply::Bulk(call.server.scripting().functions.Dump());
}

// FUNCTION RESTORE payload [FLUSH|APPEND|REPLACE]
Reply FunctionRestore(CommandCall& call) {
  if (call.argc() > 4) return WrongSubcommandArity(call);
  auto how = FunctionLibraries::Restoring::kAppend;
  if (call.argc() == 4) {
    if (IsOption(call.arg(3), "FLUSH"))
      how = FunctionLibraries::Restoring::kFlush;
    else if (IsOption(call.arg(3), "REPLACE"))
      how = FunctionLibraries::Restoring::kReplace;
    else if (!IsOption(call.arg(3), "APPEND"))
      return Reply::Error(
          "ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.");
  }
  const auto restored = call.server.scripting().functions.Restore(call.arg(2), how);
  if (!restored) return Reply::Error(restored.error());
  call.AddDirty(1);
  return Reply::Ok();
}

// FUNCTION KILL
Reply FunctionKill(CommandCall& call) {
  return call.server.scripting().Kill(Scripting::Kind::kFunction);
}

constexpr CommandRow kTable[] = {
    {.name = "fcall", .run = FCall},
    {.name = "fcall_ro", .run = FCall},
    {.name = "function|load", .run = FunctionLoad},
    {.name = "function|delete", .run = FunctionDelete},
    {.name = "function|flush", .run = FunctionFlush},
    {.name = "function|list", .run = FunctionList},
    {.name = "function|stats", .run = FunctionStats},
    {.name = "function|dump", .run = FunctionDump},
    {.name = "function|restore", .run = FunctionRestore},
    {.name = "function|kill", .run = FunctionKill},
};

}  // namespace

std::span<const CommandRow> FunctionCommands() { return kTable; }

}  // namespace modcert::engine
