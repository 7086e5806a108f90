// The function libraries that FUNCTION LOAD has made.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/command.h"
#include "engine/scripting/interpreter.h"
#include "engine/scripting/script_engine.h"
#include "engine/scripting/script_flags.h"

namespace modcert::engine::scripting {

struct Function {
  std::string name;
  std::optional<std::string> description;
  uint64_t flags = 0;  // ScriptFlag
  Interpreter::FunctionId id = 0;
  void* engine_function = nullptr;  // in a language other than Lua
};

struct Library {
  std::string name;
  std::string code;                 // with its first line
  std::vector<Function> functions;  // ordered by name
  ScriptEngine* engine = nullptr;   // null: Lua

  const Function* Find(std::string_view function) const;
};

// Owned by Scripting. Names of libraries compare exactly, those of functions without regard to
// case.
class FunctionLibraries {
 public:
  enum class OnCollision { kFail, kReplace };

  // Both outlive it.
  FunctionLibraries(Server& server, const ScriptEngines& engines)
      : server_(server), engines_(engines) {}
  ~FunctionLibraries();

  // Runs the code of a library and keeps what it registers; the answer is its name. The error is a
  // whole error text, and nothing has changed then.
  tl::expected<std::string, std::string> Load(std::string_view code, OnCollision on_collision);
  bool Delete(std::string_view name);
  void Flush(ScriptEngine::Pace pace = ScriptEngine::Pace::kNow);
  // Deletes the libraries of an engine.
  void ForgetOf(const ScriptEngine& engine);

  // The library too, when asked. Null when there is none.
  const Function* FindFunction(std::string_view name, const Library** library = nullptr) const;

  using Libraries = std::map<std::string, Library, std::less<>>;
  const Libraries& libraries() const { return libraries_; }
  size_t function_count() const;

  // What FUNCTION DUMP answers, and back. All libraries of a payload or none are restored.
  std::string Dump() const;
  enum class Restoring { kFlush, kAppend, kReplace };
  tl::expected<void, std::string> Restore(std::string_view payload, Restoring how);

  Interpreter& interpreter();

 private:
  LibrarySourceOrError Parse(std::string_view code) const;
  tl::expected<Library, std::string> Read(std::string_view code);
  // Both fill in the functions of a library; the error is a whole error text.
  std::optional<std::string> ReadLua(std::string_view body, Library& library);
  static std::optional<std::string> ReadOther(std::string_view body, Library& library);
  std::optional<std::string> Join(std::vector<Library> added, OnCollision on_collision);
  void Forget(const Library& library);

  Server& server_;
  const ScriptEngines& engines_;
  std::unique_ptr<Interpreter> interpreter_;
  Libraries libraries_;
};

}  // namespace modcert::engine::scripting
