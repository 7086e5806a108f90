// Languages that scripts may be in besides Lua: engines that modules bring (Valkey 8.1).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/scripting/script_run.h"
#include "resp/value.h"

namespace modcert::engine::scripting {

// The two worlds that a script may be of.
enum class ScriptKind { kEval, kFunction };

// One piece of code that can be called. The engine's own, until it is given back to Free.
struct EngineFunction {
  std::string name;  // of a function; a script of EVAL has none
  std::optional<std::string> description;
  uint64_t flags = 0;  // ScriptFlag
  void* handle = nullptr;
};

// What a server asks of an engine. The module host implements it. Called with the host's lock held.
class ScriptEngine {
 public:
  virtual ~ScriptEngine() = default;

  virtual std::string_view name() const = 0;
  // The functions of a library, or the one function that a script is. The error is its text.
  virtual tl::expected<std::vector<EngineFunction>, std::string> Compile(ScriptKind kind,
                                                                         std::string_view code) = 0;
  virtual void Free(ScriptKind kind, void* function) = 0;
  // Runs to the end, and gives what the engine replied.
  virtual resp::Value Call(ScriptRun& run, ScriptKind kind, void* function,
                           std::span<const std::string> keys,
                           std::span<const std::string> arguments) = 0;
  // Around a call that its client debugs. The error is why it cannot be debugged.
  virtual std::optional<std::string> BeginDebug(ScriptKind kind, const std::string& source) = 0;
  virtual void EndDebug(ScriptKind kind) = 0;
  // All scripts of a kind were forgotten.
  enum class Pace { kNow, kInBackground };
  virtual void Reset(ScriptKind kind, Pace pace) = 0;
  // What its environment for a kind takes, in bytes; and what a function takes beside its code.
  virtual size_t UsedMemory(ScriptKind kind) = 0;
  virtual size_t MemoryOverhead(void* function) = 0;
};

// The engines of a server, by name, without regard to case. Owned by Scripting.
class ScriptEngines {
 public:
  // Takes the engine over; false when the name is taken.
  bool Add(std::unique_ptr<ScriptEngine> engine);
  void Remove(const ScriptEngine& engine);
  ScriptEngine* Find(std::string_view name) const;
  const std::vector<std::unique_ptr<ScriptEngine>>& all() const { return engines_; }

 private:
  std::vector<std::unique_ptr<ScriptEngine>> engines_;
};

// A name that a server has itself.
inline constexpr std::string_view kLuaEngine = "lua";

}  // namespace modcert::engine::scripting
