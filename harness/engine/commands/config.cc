// CONFIG.

#include <algorithm>

#include "engine/command_call.h"
#include "engine/commands/tables.h"
#include "engine/config_parameters.h"
#include "engine/config_rewrite.h"
#include "engine/persistence.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

using resp::Value;

// CONFIG GET parameter [parameter ...]
Reply ConfigGet(CommandCall& call) {
  std::vector<Value> pairs;
  for (const auto& [name, value] : call.server.config.Get(call.args.subspan(2))) {
    pairs.push_back(Value::Bulk(name));
    pairs.push_back(Value::Bulk(value));
  }
  return Value::Map(std::move(pairs));
}

// What those who monitor must not see.
bool IsSecret(std::string_view parameter) {
  constexpr std::string_view kSecrets[] = {"masterauth", "masteruser", "requirepass",
                                           "tls-client-key-file-pass", "tls-key-file-pass"};
  return std::any_of(std::begin(kSecrets), std::end(kSecrets), [&](std::string_view secret) {
    return CommandNameEqual{}(secret, parameter);
  });
}

// The names as the server writes them.
void TellChanged(CommandCall& call, std::span<const std::pair<std::string, std::string>> changed) {
  std::vector<std::string> names;
  for (const auto& [name, value] : changed) {
    const ConfigParameter* parameter = FindConfigParameter(name);
    names.emplace_back(parameter ? parameter->name : std::string_view(name));
  }
  call.server.events.Fire(ConfigChanged{names});
}

// CONFIG SET parameter value [parameter value ...]
Reply ConfigSet(CommandCall& call) {
  if (call.argc() % 2 != 0) return Reply::SyntaxError();
  std::vector<std::pair<std::string, std::string>> parameters;
  for (int i = 2; i + 1 < call.argc(); i += 2) {
    parameters.emplace_back(call.arg(i), call.arg(i + 1));
    // config.sensitive: the value of a module's parameter is shown, sensitive or not.
    if (IsSecret(call.arg(i))) call.Redact(i + 1);
    const ModuleParameter* of_module = call.server.config.FindModuleParameter(call.arg(i));
    if (of_module && of_module->denied_while_loading && call.server.is_loading)
      return Reply::Error("LOADING Redis is loading the dataset in memory");
  }
  if (const auto problem = call.server.config.Set(parameters))
    return Reply::Error("ERR " + *problem);
  if (call.server.events.wants<ConfigChanged>()) TellChanged(call, parameters);
  return Reply::Ok();
}

// CONFIG RESETSTAT
Reply ConfigResetStat(CommandCall& call) {
  // What counts towards persistence is no statistic.
  const Stats kept = call.server.stats;
  call.server.stats = {};
  call.server.stats.dirty = kept.dirty;
  call.server.stats.lastsave_s = kept.lastsave_s;
  return Reply::Ok();
}

// CONFIG REWRITE
Reply ConfigRewrite(CommandCall& call) {
  const std::string& name = call.server.config_file;
  if (name.empty()) return Reply::Error("ERR The server is running without a config file");
  Files& files = call.server.persistence->files;
  const std::string* before = files.Find(name);
  files.Put(name, RewrittenConfig(call.server, before ? *before : std::string()));
  return Reply::Ok();
}

constexpr CommandRow kTable[] = {
    {.name = "config|get", .run = ConfigGet},
    {.name = "config|set", .run = ConfigSet},
    {.name = "config|resetstat", .run = ConfigResetStat},
    {.name = "config|rewrite",
     .run = ConfigRewrite,
     .partial = "there is a config file only when the library is told of one"},
};

}  // namespace

std::span<const CommandRow> ConfigCommands() { return kTable; }

}  // namespace modcert::engine
