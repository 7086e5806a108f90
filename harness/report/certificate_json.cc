#include <nlohmann/json.hpp>

#include "report/certificate.h"
#include "report/json.h"

namespace modcert::report {
namespace {

using JsonNode = nlohmann::ordered_json;

std::string Dump(const JsonNode& json, int indent) {
  return json.dump(indent, ' ', false, JsonNode::error_handler_t::replace);
}

JsonNode ToJson(const CommandFacts& command) {
  return {{"name", command.name},
          {"flags", command.flags},
          {"first_key", command.first_key},
          {"last_key", command.last_key},
          {"key_step", command.key_step},
          {"accepts_arguments", command.accepts_arguments},
          {"accepts_types", command.accepts_types}};
}

JsonNode ToJson(const TypeFacts& type) {
  return {{"name", type.name}, {"encoding_version", type.encoding_version}};
}

JsonNode ToJson(const FunctionFacts& function) {
  return {{"name", function.name},
          {"used", function.used},
          {"in_profile", function.in_profile},
          {"implemented", function.implemented}};
}

JsonNode ToJson(const Check& check) {
  return {
      {"name", check.name}, {"verdict", CheckVerdictName(check.verdict)}, {"detail", check.detail}};
}

// Its findings stand among those of the certificate.
JsonNode ToJson(const ProfileVerdict& verdict) {
  return {{"profile", verdict.profile},
          {"outcome", OutcomeName(verdict.outcome)},
          {"counts", verdict.counts()},
          {"lacks", verdict.lacks},
          {"detail", verdict.detail}};
}

template <typename T>
JsonNode ListOf(const std::vector<T>& items) {
  JsonNode list = JsonNode::array();
  for (const T& item : items) list.push_back(ToJson(item));
  return list;
}

JsonNode ToJson(const ModuleFacts& module) {
  JsonNode json;
  json["loaded"] = module.loaded;
  json["name"] = module.name;
  json["version"] = module.version;
  json["api_version"] = module.api_version;
  json["commands"] = ListOf(module.commands);
  json["types"] = ListOf(module.types);
  json["tells_use"] = module.tells_use;
  json["functions"] = ListOf(module.functions);
  json["first_redis"] = module.first_redis;
  json["first_valkey"] = module.first_valkey;
  return json;
}

void Get(const JsonNode& json, CommandFacts& command) {
  json.at("name").get_to(command.name);
  json.at("flags").get_to(command.flags);
  json.at("first_key").get_to(command.first_key);
  json.at("last_key").get_to(command.last_key);
  json.at("key_step").get_to(command.key_step);
}

void Get(const JsonNode& json, TypeFacts& type) {
  json.at("name").get_to(type.name);
  json.at("encoding_version").get_to(type.encoding_version);
}

void Get(const JsonNode& json, FunctionFacts& function) {
  json.at("name").get_to(function.name);
  json.at("used").get_to(function.used);
  json.at("in_profile").get_to(function.in_profile);
  json.at("implemented").get_to(function.implemented);
}

template <typename T>
void GetList(const JsonNode& json, std::vector<T>& items) {
  for (const JsonNode& item : json) Get(item, items.emplace_back());
}

void Get(const JsonNode& json, ModuleFacts& module) {
  json.at("loaded").get_to(module.loaded);
  json.at("name").get_to(module.name);
  json.at("version").get_to(module.version);
  json.at("api_version").get_to(module.api_version);
  GetList(json.at("commands"), module.commands);
  GetList(json.at("types"), module.types);
  json.at("tells_use").get_to(module.tells_use);
  GetList(json.at("functions"), module.functions);
  json.at("first_redis").get_to(module.first_redis);
  json.at("first_valkey").get_to(module.first_valkey);
}

}  // namespace

std::string CertificateJson(const Certificate& certificate) {
  JsonNode json;
  json["modcert"] = 1;  // version of this format
  json["verdict"] = certificate.verdict();
  json["path"] = certificate.path;
  json["size"] = certificate.size;
  json["sha256"] = certificate.sha256;
  json["build_id"] = certificate.build_id;
  json["profile"] = certificate.profile;
  json["args"] = certificate.args;
  json["module"] = ToJson(certificate.module);
  json["checks"] = ListOf(certificate.checks);
  json["profiles"] = ListOf(certificate.profiles);
  // As a run has them, so that whoever reads one can read the other.
  ScenarioResult holder;
  holder.findings = certificate.findings;
  const JsonNode findings = JsonNode::parse(JsonOfScenario(holder), nullptr, false);
  json["findings"] = findings.value("findings", JsonNode::array());
  RunResult specs = certificate.specs;
  for (ScenarioResult& scenario : specs.scenarios) scenario.duration_us = 0;
  json["specs"] = JsonNode::parse(Json(specs), nullptr, false);
  return Dump(json, 2) + "\n";
}

std::string JsonOfModuleFacts(const ModuleFacts& facts) { return Dump(ToJson(facts), -1); }

Result<ModuleFacts> ModuleFactsFromJson(std::string_view text) {
  const JsonNode json = JsonNode::parse(text, nullptr, false);
  if (!json.is_object()) return Fail("module facts", "not a JSON object");
  ModuleFacts facts;
  // The library reports a member that is missing with an exception; it ends here.
  try {
    Get(json, facts);
  } catch (const JsonNode::exception& error) {
    return Fail("module facts", error.what());
  }
  return facts;
}

}  // namespace modcert::report
