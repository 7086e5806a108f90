// Scripting Engine API (Valkey 8.1).

#include "module/scripting_engine.h"
#include "api/rows.h"
#include "engine/scripting/scripting.h"
#include "module/host.h"
#include "resp/encode.h"

namespace modcert::api {
namespace {

using engine::scripting::ScriptEngine;

// int RedisModule_RegisterScriptingEngine(RedisModuleCtx *module_ctx, const char *engine_name,
//                                         RedisModuleScriptingEngineCtx *engine_ctx,
//                                         RedisModuleScriptingEngineMethods *engine_methods)
int RegisterScriptingEngine(RedisModuleCtx* ctx, const char* name, void* engine_ctx,
                            ValkeyModuleScriptingEngineMethods* methods) noexcept {
  module::EngineMethods known;
  if (!module::ReadEngineMethods(methods, ctx->host.api.profile(), known)) return REDISMODULE_ERR;
  auto engine = std::make_unique<module::ModuleScriptEngine>(ctx->host, *ctx->module, name,
                                                             engine_ctx, known);
  // engine.register
  const bool added = ctx->host.server.scripting().engines.Add(std::move(engine));
  return added ? REDISMODULE_OK : REDISMODULE_ERR;
}

// int RedisModule_UnregisterScriptingEngine(RedisModuleCtx *module_ctx, const char *engine_name)
int UnregisterScriptingEngine(RedisModuleCtx* ctx, const char* name) noexcept {
  auto& scripting = ctx->host.server.scripting();
  const ScriptEngine* engine = scripting.engines.Find(name);
  if (!engine) return REDISMODULE_ERR;  // engine.unregister-unknown
  scripting.RemoveEngine(*engine);      // engine.takes-its-scripts-along
  return REDISMODULE_OK;
}

// RedisModuleScriptingEngineExecutionState RedisModule_GetFunctionExecutionState(
//     RedisModuleScriptingEngineServerRuntimeCtx *server_ctx)
RedisModuleScriptingEngineExecutionState GetFunctionExecutionState(void* server_ctx) noexcept {
  auto& running = *static_cast<module::RunningFunction*>(server_ctx);
  return module::MayGoOn(running) ? VMSE_STATE_EXECUTING : VMSE_STATE_KILLED;
}

using engine::scripting::ScriptDebugger;

ScriptDebugger& Debugger() { return module::CurrentHost()->server.scripting().debugger; }

// void RedisModule_ScriptingEngineDebuggerLog(RedisModuleString *msg, int truncate)
void ScriptingEngineDebuggerLog(RedisModuleString* message, int truncate) noexcept {
  using Length = ScriptDebugger::Length;
  Debugger().Log(message->bytes, truncate ? Length::kCut : Length::kWhole);
}

// void RedisModule_ScriptingEngineDebuggerLogRespReplyStr(const char *reply)
void ScriptingEngineDebuggerLogRespReplyStr(const char* reply) noexcept {
  Debugger().Log("<reply> " + engine::scripting::HumanReply(reply), ScriptDebugger::Length::kCut);
}

// void RedisModule_ScriptingEngineDebuggerLogRespReply(RedisModuleCallReply *reply)
void ScriptingEngineDebuggerLogRespReply(RedisModuleCallReply* reply) noexcept {
  std::string protocol;
  resp::Encode(*reply->value, reply->protocol, protocol);
  Debugger().Log("<reply> " + engine::scripting::HumanReply(protocol),
                 ScriptDebugger::Length::kCut);
}

// void RedisModule_ScriptingEngineDebuggerFlushLogs(void)
void ScriptingEngineDebuggerFlushLogs() noexcept { Debugger().Flush(); }

// The engine of the calling module that is debugged.
module::ModuleScriptEngine* DebuggedEngine() {
  for (const auto& engine : module::CurrentHost()->server.scripting().engines.all()) {
    auto& candidate = static_cast<module::ModuleScriptEngine&>(*engine);
    if (&candidate.module() == module::CurrentModule() && candidate.is_debugged())
      return &candidate;
  }
  return nullptr;
}

// void RedisModule_ScriptingEngineDebuggerProcessCommands(int *client_disconnected,
//                                                         RedisModuleString **err)
void ScriptingEngineDebuggerProcessCommands(int* client_disconnected,
                                            RedisModuleString** error) noexcept {
  *error = nullptr;
  module::ModuleScriptEngine* engine = DebuggedEngine();
  *client_disconnected = !engine || !engine->ProcessDebuggerCommands();
}

const char* const kHandlerResult = "what the result of a command's handler means is not known";

const abi::ApiRow kRows[] = {
    API_ROW(RegisterScriptingEngine),
    API_ROW(UnregisterScriptingEngine),
    API_ROW(GetFunctionExecutionState),
    API_ROW(ScriptingEngineDebuggerLog),
    API_ROW(ScriptingEngineDebuggerLogRespReplyStr),
    API_ROW(ScriptingEngineDebuggerLogRespReply),
    API_ROW(ScriptingEngineDebuggerFlushLogs),
    API_ROW(ScriptingEngineDebuggerProcessCommands).Partial(kHandlerResult),
};

}  // namespace

std::span<const abi::ApiRow> ScriptingEngineRows() { return kRows; }

}  // namespace modcert::api
