// One pair of functions for each struct of result.h, member by member in its order.
#include "report/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace modcert::report {
namespace {

using JsonNode = nlohmann::ordered_json;
using validate::Finding;
using validate::Severity;

constexpr int kIndent = 2;

std::string Dump(const JsonNode& json, int indent) {
  return json.dump(indent, ' ', false, JsonNode::error_handler_t::replace);
}

// What is empty is left out: most scenarios pass and have nothing to say.
template <typename T>
void Put(JsonNode& json, const char* name, const T& value) {
  if (!value.empty()) json[name] = value;
}

template <typename T>
void Get(const JsonNode& json, const char* name, T& value) {
  const auto member = json.find(name);
  if (member != json.end()) member->get_to(value);
}

JsonNode ToJson(const StepFailure& failure) {
  return {{"step", failure.step},
          {"place", failure.place},
          {"action", failure.action},
          {"message", failure.message}};
}

StepFailure FailureFrom(const JsonNode& json) {
  StepFailure failure;
  Get(json, "step", failure.step);
  Get(json, "place", failure.place);
  Get(json, "action", failure.action);
  Get(json, "message", failure.message);
  return failure;
}

JsonNode ToJson(const Finding& finding) {
  JsonNode json;
  json["contract"] = finding.contract;
  json["severity"] = validate::SeverityName(finding.severity);
  json["message"] = finding.message;
  Put(json, "module", finding.module);
  Put(json, "function", finding.function);
  Put(json, "suite", finding.suite);
  Put(json, "scenario", finding.scenario);
  json["step"] = finding.step;
  Put(json, "stack", finding.stack);
  Put(json, "last_calls", finding.last_calls);
  Put(json, "log", finding.log);
  Put(json, "reproduce", finding.reproduce);
  return json;
}

JsonNode ToJson(const StepLeftOut& step) {
  return {
      {"step", step.step}, {"place", step.place}, {"action", step.action}, {"reason", step.reason}};
}

StepLeftOut LeftOutFrom(const JsonNode& json) {
  StepLeftOut step;
  Get(json, "step", step.step);
  Get(json, "place", step.place);
  Get(json, "action", step.action);
  Get(json, "reason", step.reason);
  return step;
}

Finding FindingFrom(const JsonNode& json) {
  Finding finding;
  std::string severity;
  Get(json, "contract", finding.contract);
  Get(json, "severity", severity);
  for (const Severity known : {Severity::kInfo, Severity::kWarning, Severity::kError}) {
    if (severity == validate::SeverityName(known)) finding.severity = known;
  }
  Get(json, "message", finding.message);
  Get(json, "module", finding.module);
  Get(json, "function", finding.function);
  Get(json, "suite", finding.suite);
  Get(json, "scenario", finding.scenario);
  Get(json, "step", finding.step);
  Get(json, "stack", finding.stack);
  Get(json, "last_calls", finding.last_calls);
  Get(json, "log", finding.log);
  Get(json, "reproduce", finding.reproduce);
  return finding;
}

JsonNode ToJson(const ScenarioResult& scenario) {
  JsonNode json;
  json["file"] = scenario.file;
  json["suite"] = scenario.suite;
  json["name"] = scenario.name;
  json["place"] = scenario.place;
  Put(json, "profile", scenario.profile);
  Put(json, "contracts", scenario.contracts);
  json["verdict"] = VerdictName(scenario.verdict);
  Put(json, "reason", scenario.reason);
  for (const StepFailure& failure : scenario.failures) json["failures"].push_back(ToJson(failure));
  for (const Finding& finding : scenario.findings) json["findings"].push_back(ToJson(finding));
  Put(json, "output", scenario.output);
  json["steps_run"] = scenario.steps_run;
  json["steps_skipped"] = scenario.steps_left_out.size();
  for (const StepLeftOut& step : scenario.steps_left_out)
    json["steps_left_out"].push_back(ToJson(step));
  if (scenario.round_trips > 0) json["round_trips"] = scenario.round_trips;
  json["duration_us"] = scenario.duration_us;
  Put(json, "reproduce", scenario.reproduce);
  return json;
}

ScenarioResult ScenarioFrom(const JsonNode& json) {
  ScenarioResult scenario;
  std::string verdict;
  Get(json, "file", scenario.file);
  Get(json, "suite", scenario.suite);
  Get(json, "name", scenario.name);
  Get(json, "place", scenario.place);
  Get(json, "profile", scenario.profile);
  Get(json, "contracts", scenario.contracts);
  Get(json, "verdict", verdict);
  scenario.verdict = VerdictFromName(verdict);
  Get(json, "reason", scenario.reason);
  for (const JsonNode& failure : json.value("failures", JsonNode::array())) {
    scenario.failures.push_back(FailureFrom(failure));
  }
  for (const JsonNode& finding : json.value("findings", JsonNode::array())) {
    scenario.findings.push_back(FindingFrom(finding));
  }
  Get(json, "output", scenario.output);
  Get(json, "steps_run", scenario.steps_run);
  for (const JsonNode& step : json.value("steps_left_out", JsonNode::array())) {
    scenario.steps_left_out.push_back(LeftOutFrom(step));
  }
  Get(json, "round_trips", scenario.round_trips);
  Get(json, "duration_us", scenario.duration_us);
  Get(json, "reproduce", scenario.reproduce);
  return scenario;
}

RunResult RunFrom(const JsonNode& json) {
  RunResult run;
  Get(json, "target", run.target);
  Get(json, "profile", run.profile);
  for (const JsonNode& scenario : json.value("scenarios", JsonNode::array())) {
    run.scenarios.push_back(ScenarioFrom(scenario));
  }
  return run;
}

// The library reports a member of the wrong type with an exception; it ends here.
template <typename Read>
auto Parse(std::string_view text, Read read) -> Result<decltype(read(JsonNode()))> {
  const JsonNode json = JsonNode::parse(text, nullptr, false);
  if (!json.is_object()) return Fail("result", "not a JSON object");
  try {
    return read(json);
  } catch (const JsonNode::exception& error) {
    return Fail("result", error.what());
  }
}

}  // namespace

std::string Json(const RunResult& run) {
  JsonNode json;
  json["modcert"] = 1;  // version of this format
  json["target"] = run.target;
  json["profile"] = run.profile;
  json["conforms"] = run.conforms();
  for (const Verdict verdict :
       {Verdict::kPassed, Verdict::kFailed, Verdict::kError, Verdict::kSkipped}) {
    json[std::string(VerdictName(verdict))] = run.Count(verdict);
  }
  for (const auto& [reason, count] : run.LeftOutByReason()) json["steps_not_run"][reason] = count;
  json["scenarios"] = JsonNode::array();
  for (const ScenarioResult& scenario : run.scenarios) {
    json["scenarios"].push_back(ToJson(scenario));
  }
  return Dump(json, kIndent) + "\n";
}

std::string JsonOfScenario(const ScenarioResult& scenario) { return Dump(ToJson(scenario), -1); }

Result<ScenarioResult> ScenarioFromJson(std::string_view text) { return Parse(text, ScenarioFrom); }

Result<RunResult> RunFromJson(std::string_view text) { return Parse(text, RunFrom); }

}  // namespace modcert::report
