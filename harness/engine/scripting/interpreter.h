// One Lua with the sandbox that scripts run in.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/scripting/lua_to_reply.h"
#include "engine/scripting/script_run.h"

struct lua_State;

namespace modcert::engine {
class Server;
}

namespace modcert::engine::scripting {

// Owned by EvalScripts and FunctionLibraries, which have one each: nothing is shared between them,
// and everything goes with them.
class Interpreter {
 public:
  explicit Interpreter(Server& server);
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  // The interpreter that a function called from Lua belongs to.
  static Interpreter& Of(lua_State* lua);

  Server& server() { return server_; }
  lua_State* lua() { return lua_.get(); }
  // The script that runs, or null: while a library is loaded nothing runs.
  ScriptRun* run() { return run_; }

  // A compiled chunk or another function, kept until Forget.
  using FunctionId = int;
  // The error is Lua's message: "user_script:1: '=' expected near 'x'".
  tl::expected<FunctionId, std::string> Compile(std::string_view text, const char* chunk_name);
  // Keeps the function on top of the stack and pops it.
  FunctionId Keep();
  void Forget(FunctionId id);

  // Where a script finds its keys and arguments: in the globals KEYS and ARGV, or as its
  // parameters.
  enum class Passing { kGlobals, kParameters };
  // Runs a script to its end and converts what it returned; an error of the script is its reply.
  ScriptReply Call(ScriptRun& run, FunctionId id, Passing passing,
                   std::span<const std::string> keys, std::span<const std::string> arguments);

  // Runs the top-level code of a library. The error is its text.
  tl::expected<void, std::string> RunLibrary(FunctionId id);

  // Called after each millisecond of script time; raises the error of a script that is to end.
  void SliceOver(lua_State* lua);

 private:
  struct Close {
    void operator()(lua_State* lua) const;
  };

  ScriptReply ErrorOf(const ScriptRun& run);

  Server& server_;
  std::unique_ptr<lua_State, Close> lua_;
  ScriptRun* run_ = nullptr;
  int64_t load_elapsed_ms_ = 0;  // script time of the library that is loaded
};

}  // namespace modcert::engine::scripting
