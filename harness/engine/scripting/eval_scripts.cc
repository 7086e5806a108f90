#include "engine/scripting/eval_scripts.h"

#include <cctype>

#include "base/hex.h"
#include "base/sha1.h"

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
  EvalSourceOrError source = ParseEvalSource(text);
  if (auto* error = std::get_if<std::string>(&source)) return tl::unexpected(std::move(*error));
  const EvalSource& parsed = std::get<EvalSource>(source);
  const auto function = interpreter().Compile(parsed.body, "@user_script");
  if (!function)
    return tl::unexpected("ERR Error compiling script (new function): " + function.error());
  Script script{
      .digest = digest, .text = std::string(text), .flags = parsed.flags, .function = *function};
  return &scripts_.emplace(digest, std::move(script)).first->second;
}

const EvalScripts::Script* EvalScripts::Find(std::string_view digest) const {
  std::string lower(digest);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto it = scripts_.find(lower);
  return it == scripts_.end() ? nullptr : &it->second;
}

void EvalScripts::Flush() {
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
