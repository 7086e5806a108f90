// The scripts that EVAL and SCRIPT LOAD have compiled, by the digest of their text.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/scripting/interpreter.h"
#include "engine/scripting/script_engine.h"

namespace modcert::engine::scripting {

struct EvalSource;

// Owned by Scripting.
class EvalScripts {
 public:
  struct Script {
    std::string digest;  // 40 hex digits in lower case
    std::string text;
    uint64_t flags = 0;  // ScriptFlag
    Interpreter::FunctionId function = 0;
    // In another language: whose, and its function.
    ScriptEngine* engine = nullptr;
    void* engine_function = nullptr;
  };

  // Both outlive it.
  EvalScripts(Server& server, const ScriptEngines& engines) : server_(server), engines_(engines) {}
  ~EvalScripts() { ForgetOf(nullptr); }
  EvalScripts(const EvalScripts&) = delete;
  EvalScripts& operator=(const EvalScripts&) = delete;

  // Compiles a script unless it is there. The error is a whole error text.
  tl::expected<const Script*, std::string> Load(std::string_view text);
  // By digest, in any case; null when there is none.
  const Script* Find(std::string_view digest) const;
  void Flush(ScriptEngine::Pace pace = ScriptEngine::Pace::kNow);
  // The scripts of an engine, or with null of all engines but Lua.
  void ForgetOf(const ScriptEngine* engine);
  size_t size() const { return scripts_.size(); }

  Interpreter& interpreter();

 private:
  std::optional<std::string> Compile(const EvalSource& source, Script& script);

  Server& server_;
  const ScriptEngines& engines_;
  std::unique_ptr<Interpreter> interpreter_;
  std::map<std::string, Script, std::less<>> scripts_;
};

}  // namespace modcert::engine::scripting
