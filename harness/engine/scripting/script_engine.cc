#include "engine/scripting/script_engine.h"

#include <algorithm>

#include "engine/command.h"

namespace modcert::engine::scripting {

bool ScriptEngines::Add(std::unique_ptr<ScriptEngine> engine) {
  if (CommandNameEqual{}(engine->name(), kLuaEngine) || Find(engine->name())) return false;
  engines_.push_back(std::move(engine));
  return true;
}

void ScriptEngines::Remove(const ScriptEngine& engine) {
  std::erase_if(engines_, [&](const auto& other) { return other.get() == &engine; });
}

ScriptEngine* ScriptEngines::Find(std::string_view name) const {
  const auto it = std::find_if(engines_.begin(), engines_.end(), [&](const auto& engine) {
    return CommandNameEqual{}(engine->name(), name);
  });
  return it == engines_.end() ? nullptr : it->get();
}

}  // namespace modcert::engine::scripting
