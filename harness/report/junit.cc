#include "report/junit.h"

#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>
#include <sstream>
#include <vector>

#include "report/text.h"

namespace modcert::report {
namespace {

std::string Seconds(int64_t duration_us) {
  return fmt::format("{:.6f}", static_cast<double>(duration_us) / 1e6);
}

// XML has no way to write most control characters.
std::string Printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') c = '?';
  }
  return text;
}

std::string FirstMessage(const ScenarioResult& scenario) {
  if (!scenario.failures.empty()) return scenario.failures[0].message;
  if (scenario.findings.empty()) return scenario.reason;
  return scenario.findings[0].contract + ": " + scenario.findings[0].message;
}

void AddVerdict(const ScenarioResult& scenario, pugi::xml_node test) {
  if (scenario.verdict == Verdict::kPassed) return;
  if (scenario.verdict == Verdict::kSkipped) {
    test.append_child("skipped").append_attribute("message") = Printable(scenario.reason).c_str();
    return;
  }
  pugi::xml_node problem =
      test.append_child(scenario.verdict == Verdict::kError ? "error" : "failure");
  problem.append_attribute("message") = Printable(FirstMessage(scenario)).c_str();
  problem.text() = Printable(TextOfScenario(scenario, Colour::kNo)).c_str();
}

void AddCase(const ScenarioResult& scenario, pugi::xml_node suite) {
  pugi::xml_node test = suite.append_child("testcase");
  test.append_attribute("name") = Printable(scenario.name).c_str();
  test.append_attribute("classname") = scenario.suite.c_str();
  test.append_attribute("file") = scenario.file.c_str();
  test.append_attribute("time") = Seconds(scenario.duration_us).c_str();
  AddVerdict(scenario, test);
  if (const std::string left_out = TextOfLeftOut(scenario); !left_out.empty())
    test.append_child("system-out").text() = Printable(left_out).c_str();
}

// The scenarios of one suite, in the order of the run.
void AddSuite(const std::string& name, const RunResult& run, pugi::xml_node root) {
  RunResult part;
  int64_t duration_us = 0;
  for (const ScenarioResult& scenario : run.scenarios) {
    if (scenario.suite != name) continue;
    part.scenarios.push_back(scenario);
    duration_us += scenario.duration_us;
  }
  pugi::xml_node suite = root.append_child("testsuite");
  suite.append_attribute("name") = name.c_str();
  suite.append_attribute("tests") = part.scenarios.size();
  suite.append_attribute("failures") = part.Count(Verdict::kFailed);
  suite.append_attribute("errors") = part.Count(Verdict::kError);
  suite.append_attribute("skipped") = part.Count(Verdict::kSkipped);
  suite.append_attribute("time") = Seconds(duration_us).c_str();
  for (const ScenarioResult& scenario : part.scenarios) AddCase(scenario, suite);
}

}  // namespace

std::string JUnit(const RunResult& run) {
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("testsuites");
  root.append_attribute("name") = "modcert";
  std::vector<std::string> names;
  for (const ScenarioResult& scenario : run.scenarios) {
    if (std::find(names.begin(), names.end(), scenario.suite) == names.end()) {
      names.push_back(scenario.suite);
    }
  }
  for (const std::string& name : names) AddSuite(name, run, root);
  std::ostringstream out;
  document.save(out, "  ");
  return std::move(out).str();
}

}  // namespace modcert::report
