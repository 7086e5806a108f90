#include "run/module_facts.h"

#include "engine/commands/facts/command_facts.h"
#include "module/api_tables.h"
#include "module/data_type.h"
#include "oracle/api_use.h"
#include "oracle/arity_and_type.h"

namespace modcert::run {
namespace {

std::string FlagWords(uint64_t flags) {
  std::string words;
  const auto names = engine::CommandFlagNames();
  for (size_t i = 0; i < names.size(); ++i) {
    const uint64_t bit = uint64_t{1} << i;
    if ((flags & bit) == 0 || bit == engine::kCommandModule) continue;
    words += (words.empty() ? "" : " ") + std::string(names[i]);
  }
  return words;
}

void ReadFunctions(module::Host& host, module::Module& module, report::ModuleFacts& facts) {
  const oracle::ApiUses uses = oracle::FindApiUses(host, module);
  facts.tells_use = uses.tells_use;
  std::vector<std::string_view> used;
  for (const oracle::ApiUse& use : uses.functions) {
    facts.functions.push_back({.name = use.name,
                               .used = use.used,
                               .in_profile = use.found,
                               .implemented = host.api.implemented(use.name)});
    if (use.used) used.push_back(use.name);
  }
  module::FirstServers first = module::FirstServersWithAll(used);
  facts.first_redis = std::move(first.redis);
  facts.first_valkey = std::move(first.valkey);
}

}  // namespace

report::ModuleFacts ReadFacts(module::Host& host) {
  report::ModuleFacts facts;
  module::Module& module = *host.modules().front();
  facts.loaded = true;
  facts.name = module.name;
  facts.version = module.version;
  facts.api_version = module.api_version;
  for (const std::string& name : module.commands) {
    const oracle::CommandShape shape = oracle::ShapeOf(host, name);
    const engine::Command* command = host.server.commands.FindByName(name);
    facts.commands.push_back(
        {.name = name,
         .flags = command && command->facts ? FlagWords(command->facts->flags) : std::string(),
         .first_key = shape.first_key,
         .last_key = shape.last_key,
         .key_step = shape.key_step});
  }
  for (const auto& type : module.types)
    facts.types.push_back({.name = std::string(type->name()),
                           .encoding_version = static_cast<int>(type->id() & 1023)});
  ReadFunctions(host, module, facts);
  return facts;
}

}  // namespace modcert::run
