#include "engine/scripting/eval_scripts.h"

#include <cctype>

#include "base/hex.h"
#include "base/sha1.h"
#include "engine/scripting/script_flags.h"

namespace modcert::engine::scripting {
namespace {

std::string DigestOf(std::string_view text) {
  const Sha1Bytes digest = Sha1(text);
  return HexEncode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace

tl::expected<const EvalScripts::Script*, std::string> EvalScripts::Load(std::string_view text) {
  const std::string digest = DigestOf(text);
  if (const Script* known = Find(digest)) return known;
  EvalSourceOrError source =
      ParseEvalSource(text, [&](std::string_view name) { return engines_.Find(name) != nullptr; });
  if (auto* error = std::get_if<std::string>(&source)) return tl::unexpected(std::move(*error));
  const EvalSource& parsed = std::get<EvalSource>(source);
  Script script{.digest = digest, .text = std::string(text), .flags = parsed.flags};
  if (auto error = Compile(parsed, script)) return tl::unexpected(*std::move(error));
  return &scripts_.emplace(digest, std::move(script)).first->second;
}

// Fills in the function of a script, or says why it has none.
std::optional<std::string> EvalScripts::Compile(const EvalSource& source, Script& script) {
  script.engine = engines_.Find(source.engine);
  if (script.engine) {
    auto functions = script.engine->Compile(ScriptKind::kEval, source.body);
    if (!functions) return functions.error();
    script.engine_function = functions->front().handle;
    return std::nullopt;
  }
  const auto function = interpreter().Compile(source.body, "@user_script");
  if (!function) return "ERR Error compiling script (new function): " + function.error();
  script.function = *function;
  return std::nullopt;
}

void EvalScripts::ForgetOf(const ScriptEngine* engine) {
  std::erase_if(scripts_, [&](const auto& entry) {
    const Script& script = entry.second;
    if (!script.engine || (engine && script.engine != engine)) return false;
    script.engine->Free(ScriptKind::kEval, script.engine_function);
    return true;
  });
}

const EvalScripts::Script* EvalScripts::Find(std::string_view digest) const {
  std::string lower(digest);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto it = scripts_.find(lower);
  return it == scripts_.end() ? nullptr : &it->second;
}

void EvalScripts::Flush(ScriptEngine::Pace pace) {
  ForgetOf(nullptr);
  for (const auto& engine : engines_.all()) engine->Reset(ScriptKind::kEval, pace);
  // A module may ask for this from inside of a script; the functions are then forgotten one by one.
  const bool in_use = interpreter_ && interpreter_->run();
  if (in_use)
    for (const auto& [digest, script] : scripts_) interpreter_->Forget(script.function);
  else
    interpreter_.reset();
  scripts_.clear();
}

Interpreter& EvalScripts::interpreter() {
  if (!interpreter_) interpreter_ = std::make_unique<Interpreter>(server_);
  return *interpreter_;
}

}  // namespace modcert::engine::scripting
