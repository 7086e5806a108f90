#include "module/scripting_engine.h"

#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

#include "engine/scripting/scripting.h"
#include "module/host.h"
#include "resp/decode.h"

namespace modcert::module {
namespace {

using engine::scripting::EngineFunction;
using engine::scripting::ScriptKind;
using engine::scripting::ScriptRun;

constexpr size_t kLibraryTimeoutMs = 500;  // what a library may take to load
constexpr uint64_t kNewestVersion = 4;

// The newest version of the struct that a server knows.
uint64_t NewestMethods(const abi::Profile& profile) {
  constexpr std::pair<abi::Version, uint64_t> kFirst[] = {
      {{9, 1, 0}, 4}, {{9, 0, 1}, 3}, {{9, 0, 0}, 2}, {{8, 1, 5}, 3}, {{8, 1, 1}, 2}};
  for (const auto& [release, version] : kFirst)
    if (profile.version >= release) return version;
  return 1;
}

// How much of the struct each version has.
constexpr std::array<size_t, kNewestVersion + 1> kMethodsSize = {
    0, sizeof(ValkeyModuleScriptingEngineMethodsV3), sizeof(ValkeyModuleScriptingEngineMethodsV3),
    sizeof(ValkeyModuleScriptingEngineMethodsV3), sizeof(EngineMethods)};

RedisModuleScriptingEngineSubsystemType TypeOf(ScriptKind kind) {
  return kind == ScriptKind::kEval ? VMSE_EVAL : VMSE_FUNCTION;
}

// The flags of a function as the server counts them: two of them stand the other way round.
uint64_t FlagsOf(uint64_t engine_flags) {
  namespace scripting = engine::scripting;
  uint64_t flags = engine_flags & (scripting::kNoWrites | scripting::kAllowOom |
                                   scripting::kAllowStale | scripting::kNoCluster);
  if (engine_flags & VMSE_SCRIPT_FLAG_ALLOW_CROSS_SLOT) flags |= scripting::kAllowCrossSlotKeys;
  if (engine_flags & VMSE_SCRIPT_FLAG_EVAL_COMPAT_MODE) flags |= scripting::kCompatibility;
  return flags;
}

// A context for a callback that is about no client.
class CallbackContext {
 public:
  CallbackContext(Host& host, Module& module)
      : host_(host),
        scope_(host, &module),
        ctx_(host.NewContextWithClient(&module, ContextKind::kServerEvent)) {}
  ~CallbackContext() { host_.EndContext(ctx_); }
  CallbackContext(const CallbackContext&) = delete;
  CallbackContext& operator=(const CallbackContext&) = delete;
  RedisModuleCtx* get() const { return ctx_; }

 private:
  Host& host_;
  const ModuleScope scope_;
  RedisModuleCtx* ctx_;
};

// Strings that live as long as one call.
class Arguments {
 public:
  Arguments(Host& host, Module& module, std::span<const std::string> texts) : host_(host) {
    for (const std::string& text : texts)
      strings_.push_back(host.handles.strings.New(&module, text));
  }
  ~Arguments() {
    for (RedisModuleString* string : strings_) host_.ReleaseString(string);
  }
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;
  RedisModuleString** data() { return strings_.data(); }
  size_t size() const { return strings_.size(); }

 private:
  Host& host_;
  std::vector<RedisModuleString*> strings_;
};

// The text of an error that the engine gave, as a client reads it.
std::string TakeError(Host& host, RedisModuleString* error) {
  if (!error) return "ERR the scripting engine gave no function and no error";
  std::string text = error->bytes;
  host.ReleaseString(error);
  return text.starts_with('-') ? text.substr(1) : "ERR " + text;
}

std::string TextOf(const RedisModuleString* string) { return string ? string->bytes : ""; }

// engine.replies-once: what else it wrote is not looked at.
resp::Value ReplyOf(Host& host, const std::string& name, const std::string& bytes,
                    const ReplyWriter& reply) {
  if (reply.reply_count() != 1)
    host.Report("reply.one-per-command", "the scripting engine '" + name + "' gave " +
                                             std::to_string(reply.reply_count()) +
                                             " replies to one call of a function");
  if (reply.reply_count() == 0) return resp::Value::Null();
  resp::Decoder decoder;
  decoder.Feed(bytes);
  auto value = decoder.Next();
  return value && *value ? **std::move(value) : resp::Value::Null();
}

}  // namespace

bool ReadEngineMethods(const EngineMethods* from, const abi::Profile& profile, EngineMethods& to) {
  // engine.register-refused, engine.methods-version
  if (from->version == 0 || from->version > NewestMethods(profile)) return false;
  to = {};
  std::memcpy(&to, from, kMethodsSize[from->version]);
  return true;
}

ModuleScriptEngine::Compiled** ModuleScriptEngine::CompileCode(RedisModuleCtx* ctx, ScriptKind kind,
                                                               const std::string& code,
                                                               size_t* count,
                                                               RedisModuleString** error) {
  const size_t timeout = kind == ScriptKind::kFunction ? kLibraryTimeoutMs : 0;
  // engine.code-length: before version 2 the code ends at its NUL.
  if (methods_.version == 1)
    return methods_.compile_code_v1(ctx, engine_ctx_, TypeOf(kind), code.c_str(), timeout, count,
                                    error);
  return methods_.compile_code(ctx, engine_ctx_, TypeOf(kind), code.c_str(), code.size(), timeout,
                               count, error);
}

tl::expected<std::vector<EngineFunction>, std::string> ModuleScriptEngine::Compile(
    ScriptKind kind, std::string_view code) {
  const CallbackContext ctx(host_, module_);
  size_t count = 0;
  RedisModuleString* error = nullptr;
  Compiled** compiled = CompileCode(ctx.get(), kind, std::string(code), &count, &error);
  // engine.compile-error
  if (!compiled || count == 0) return tl::unexpected(TakeError(host_, error));
  std::vector<EngineFunction> functions;
  for (Compiled* function : std::span(compiled, count))
    functions.push_back(
        {.name = TextOf(function->name),
         .description = function->desc ? std::optional(function->desc->bytes) : std::nullopt,
         .flags = FlagsOf(function->f_flags),
         .handle = function});
  // The array was made for the server, which frees it; the functions stay the engine's.
  module_.heap.Free(compiled);
  return functions;
}

void ModuleScriptEngine::Free(ScriptKind kind, void* function) {
  const CallbackContext ctx(host_, module_);
  methods_.free_function(ctx.get(), engine_ctx_, TypeOf(kind), static_cast<Compiled*>(function));
}

resp::Value ModuleScriptEngine::Call(ScriptRun& run, ScriptKind kind, void* function,
                                     std::span<const std::string> keys,
                                     std::span<const std::string> arguments) {
  const ModuleScope scope(host_, &module_);
  Arguments key_strings(host_, module_, keys);
  Arguments argument_strings(host_, module_, arguments);
  std::string bytes;
  ReplyWriter reply(bytes, run.caller->protocol);
  RedisModuleCtx* ctx = host_.NewContext(&module_, ContextKind::kCommand, run.caller);
  ctx->reply = &reply;
  // engine.arguments
  RunningFunction running{host_, run, host_.server.stats.dirty};
  methods_.call_function(ctx, engine_ctx_, &running, static_cast<Compiled*>(function), TypeOf(kind),
                         key_strings.data(), key_strings.size(), argument_strings.data(),
                         argument_strings.size());
  host_.EndContext(ctx);
  return ReplyOf(host_, name_, bytes, reply);
}

std::optional<std::string> ModuleScriptEngine::BeginDebug(ScriptKind kind,
                                                          const std::string& source) {
  const std::string refused =
      "ERR The scripting engine '" + name_ + "' does not support interactive script debugging";
  if (methods_.version < 4 || !methods_.debugger_enable) return refused;
  const CallbackContext ctx(host_, module_);
  const DebuggerCommand* commands = nullptr;
  size_t count = 0;
  const auto enabled =
      methods_.debugger_enable(ctx.get(), engine_ctx_, TypeOf(kind), &commands, &count);
  if (enabled != VMSE_DEBUG_ENABLED) return refused;
  is_debugged_ = true;
  debugger_commands_ = {commands, count};
  RedisModuleString* text = host_.handles.strings.New(&module_, source);
  if (methods_.debugger_start) methods_.debugger_start(ctx.get(), engine_ctx_, TypeOf(kind), text);
  host_.ReleaseString(text);
  return std::nullopt;
}

void ModuleScriptEngine::EndDebug(ScriptKind kind) {
  const CallbackContext ctx(host_, module_);
  if (methods_.debugger_end) methods_.debugger_end(ctx.get(), engine_ctx_, TypeOf(kind));
  if (methods_.debugger_disable) methods_.debugger_disable(ctx.get(), engine_ctx_, TypeOf(kind));
  is_debugged_ = false;
  debugger_commands_ = {};
}

// engine.debugger-commands: one may be shortened to as many letters as it says, and has the
// arguments that it names.
const ModuleScriptEngine::DebuggerCommand* ModuleScriptEngine::FindDebuggerCommand(
    const engine::Args& args) const {
  const size_t argument_count = args.size() - 1;
  for (const DebuggerCommand& command : debugger_commands_) {
    const std::string_view name = command.name;
    if (args[0].size() < command.prefix_len || !name.starts_with(args[0])) continue;
    size_t needed = 0;
    bool is_variadic = false;
    for (const auto& parameter : std::span(command.params, command.params_len)) {
      if (!parameter.optional) ++needed;
      is_variadic |= parameter.variadic != 0;
    }
    if (argument_count >= needed && (is_variadic || argument_count <= command.params_len))
      return &command;
  }
  return nullptr;
}

bool ModuleScriptEngine::ProcessDebuggerCommands() {
  engine::scripting::ScriptDebugger& debugger = host_.server.scripting().debugger;
  for (;;) {
    std::optional<engine::Args> args;
    {
      // Whoever runs while the script waits is not this module.
      const ModuleScope outside(host_, nullptr);
      args = debugger.NextCommand();
    }
    if (!args || args->empty()) return false;  // engine.debugger-disconnected
    const DebuggerCommand* command = FindDebuggerCommand(*args);
    if (!command) {
      debugger.Log("<error> Unknown debugger command or wrong number of arguments.",
                   engine::scripting::ScriptDebugger::Length::kWhole);
      debugger.Flush();
      continue;
    }
    Arguments arguments(host_, module_, *args);
    // engine.debugger-handler: zero lets the script go on.
    if (command->handler(arguments.data(), arguments.size(), command->context) == 0) return true;
  }
}

// engine.reset
void ModuleScriptEngine::Reset(ScriptKind kind, Pace pace) {
  const CallbackContext ctx(host_, module_);
  const int in_background = pace == Pace::kInBackground;
  ValkeyModuleScriptingEngineCallableLazyEnvReset* later = nullptr;
  // engine.reset-by-version: before version 3 there is only the environment of EVAL.
  if (methods_.version < 3) {
    if (kind == ScriptKind::kFunction || !methods_.reset_eval_env_v2) return;
    later = methods_.reset_eval_env_v2(ctx.get(), engine_ctx_, in_background);
  } else if (methods_.reset_env) {
    later = methods_.reset_env(ctx.get(), engine_ctx_, TypeOf(kind), in_background);
  }
  if (!later) return;
  // DEVIATION: a server does this in a thread of its own.
  later->engineLazyEnvResetCallback(later->context);
  module_.heap.Free(later);
}

size_t ModuleScriptEngine::UsedMemory(ScriptKind kind) {
  if (!methods_.get_memory_info) return 0;
  const CallbackContext ctx(host_, module_);
  const auto info = methods_.get_memory_info(ctx.get(), engine_ctx_, TypeOf(kind));
  return info.used_memory + info.engine_memory_overhead;
}

size_t ModuleScriptEngine::MemoryOverhead(void* function) {
  if (!methods_.get_function_memory_overhead) return 0;
  const CallbackContext ctx(host_, module_);
  return methods_.get_function_memory_overhead(ctx.get(), static_cast<Compiled*>(function));
}

bool MayGoOn(RunningFunction& running) {
  ScriptRun& run = running.run;
  run.wrote |= running.host.server.stats.dirty != running.dirty_before;
  if (!run.kill_requested) {
    // engine.state-executing: whoever runs while the script waits is not this module.
    const ModuleScope outside(running.host, nullptr);
    ++run.elapsed_ms;
    running.host.server.scripting().SliceOver(run);
  }
  return !run.kill_requested;  // engine.state-killed
}

}  // namespace modcert::module
