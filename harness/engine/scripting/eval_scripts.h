// The scripts that EVAL and SCRIPT LOAD have compiled, by the digest of their text.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/scripting/interpreter.h"

namespace modcert::engine::scripting {

// Owned by Scripting.
class EvalScripts {
 public:
  struct Script {
    std::string digest;  // 40 hex digits in lower case
    std::string text;
    uint64_t flags = 0;  // ScriptFlag
    Interpreter::FunctionId function = 0;
  };

  explicit EvalScripts(Server& server) : server_(server) {}

  // Compiles a script unless it is there. The error is a whole error text.
  tl::expected<const Script*, std::string> Load(std::string_view text);
  // By digest, in any case; null when there is none.
  const Script* Find(std::string_view digest) const;
  void Flush();
  size_t size() const { return scripts_.size(); }

  Interpreter& interpreter();

 private:
  Server& server_;
  std::unique_ptr<Interpreter> interpreter_;
  std::map<std::string, Script, std::less<>> scripts_;
};

}  // namespace modcert::engine::scripting
