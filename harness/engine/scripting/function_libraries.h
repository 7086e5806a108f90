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

namespace modcert::engine::scripting {

struct Function {
  std::string name;
  std::optional<std::string> description;
  uint64_t flags = 0;  // ScriptFlag
  Interpreter::FunctionId id = 0;
};

struct Library {
  std::string name;
  std::string code;                 // with its first line
  std::vector<Function> functions;  // ordered by name

  const Function* Find(std::string_view function) const;
};

// Owned by Scripting. Names of libraries compare exactly, those of functions without regard to
// case.
class FunctionLibraries {
 public:
  enum class OnCollision { kFail, kReplace };

  explicit FunctionLibraries(Server& server) : server_(server) {}
  ~FunctionLibraries();

  // Runs the code of a library and keeps what it registers; the answer is its name. The error is a
  // whole error text, and nothing has changed then.
  tl::expected<std::string, std::string> Load(std::string_view code, OnCollision on_collision);
  bool Delete(std::string_view name);
  void Flush();

  // Null when there is none.
  const Function* FindFunction(std::string_view name) const;

  using Libraries = std::map<std::string, Library, std::less<>>;
  const Libraries& libraries() const { return libraries_; }
  size_t function_count() const;

  // What FUNCTION DUMP answers, and back. All libraries of a payload or none are restored.
  std::string Dump() const;
  enum class Restoring { kFlush, kAppend, kReplace };
  tl::expected<void, std::string> Restore(std::string_view payload, Restoring how);

  Interpreter& interpreter();

 private:
  tl::expected<Library, std::string> Read(std::string_view code);
  std::optional<std::string> Join(std::vector<Library> added, OnCollision on_collision);
  void Forget(const Library& library);

  Server& server_;
  std::unique_ptr<Interpreter> interpreter_;
  Libraries libraries_;
};

}  // namespace modcert::engine::scripting
