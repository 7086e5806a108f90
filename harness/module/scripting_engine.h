// A scripting engine that a module registered (Valkey 8.1), as the server's scripts see one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "abi/profile.h"
#include "engine/client.h"
#include "engine/scripting/script_engine.h"
#include "redismodule_types.h"

namespace modcert::module {

class Host;
class Module;

using EngineMethods = ValkeyModuleScriptingEngineMethodsV4;

// The methods of any version of the struct that the server knows, with what the version lacks set
// to null; false for a version that it does not know.
bool ReadEngineMethods(const EngineMethods* from, const abi::Profile& profile, EngineMethods& to);

// Owned by the server's scripts; goes when it is unregistered, or with its module. The callbacks
// run in a scope of the module.
class ModuleScriptEngine final : public engine::scripting::ScriptEngine {
 public:
  ModuleScriptEngine(Host& host, Module& module, std::string name, void* engine_ctx,
                     const EngineMethods& methods)
      : host_(host),
        module_(module),
        name_(std::move(name)),
        engine_ctx_(engine_ctx),
        methods_(methods) {}

  std::string_view name() const override { return name_; }
  tl::expected<std::vector<engine::scripting::EngineFunction>, std::string> Compile(
      engine::scripting::ScriptKind kind, std::string_view code) override;
  void Free(engine::scripting::ScriptKind kind, void* function) override;
  resp::Value Call(engine::scripting::ScriptRun& run, engine::scripting::ScriptKind kind,
                   void* function, std::span<const std::string> keys,
                   std::span<const std::string> arguments) override;
  std::optional<std::string> BeginDebug(engine::scripting::ScriptKind kind,
                                        const std::string& source) override;
  void EndDebug(engine::scripting::ScriptKind kind) override;
  // ScriptingEngineDebuggerProcessCommands: runs the commands that the client sends, until one of
  // them lets the script go on. False when the client is gone.
  bool ProcessDebuggerCommands();
  void Reset(engine::scripting::ScriptKind kind, Pace pace) override;
  size_t UsedMemory(engine::scripting::ScriptKind kind) override;
  size_t MemoryOverhead(void* function) override;

  const Module& module() const { return module_; }
  bool is_debugged() const { return is_debugged_; }

 private:
  using Compiled = ValkeyModuleScriptingEngineCompiledFunctionV1;

  using DebuggerCommand = ValkeyModuleScriptingEngineDebuggerCommandV1;

  const DebuggerCommand* FindDebuggerCommand(const engine::Args& args) const;
  Compiled** CompileCode(RedisModuleCtx* ctx, engine::scripting::ScriptKind kind,
                         const std::string& code, size_t* count, RedisModuleString** error);

  Host& host_;
  Module& module_;
  const std::string name_;
  void* const engine_ctx_;
  const EngineMethods methods_;
  bool is_debugged_ = false;
  std::span<const DebuggerCommand> debugger_commands_;
};

// What the server context of a running function stands for.
struct RunningFunction {
  Host& host;
  engine::scripting::ScriptRun& run;
  int64_t dirty_before;  // how many changes the data had seen when it began
};

// GetFunctionExecutionState: time passes for the script, and others may be served meanwhile. False
// when it is to end.
bool MayGoOn(RunningFunction& running);

}  // namespace modcert::module
