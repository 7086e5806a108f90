#include "report/html.h"

#include <fmt/format.h>

#include <pugixml.hpp>
#include <sstream>

#include "report/text.h"

namespace modcert::report {
namespace {

constexpr const char* kStyle =
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70em;margin:2em auto;padding:0 1em;"
    "color:#1c1c1c;background:#fff}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{text-align:left;padding:.25em .6em;border-bottom:1px solid #ddd;vertical-align:top}"
    "pre{background:#f6f6f6;padding:.8em;overflow-x:auto;font-size:13px}"
    ".passed{color:#17692b}.failed,.error{color:#b00020;font-weight:600}.skipped{color:#8a6d00}";

pugi::xml_node Element(pugi::xml_node parent, const char* name, const std::string& text = {}) {
  pugi::xml_node node = parent.append_child(name);
  if (!text.empty()) node.text() = text.c_str();
  return node;
}

std::string Printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') c = '?';
  }
  return text;
}

void AddHead(const RunResult& run, pugi::xml_node html) {
  pugi::xml_node head = html.append_child("head");
  head.append_child("meta").append_attribute("charset") = "utf-8";
  Element(head, "title", "modcert: " + std::string(run.conforms() ? "passed" : "failed"));
  Element(head, "style", kStyle);
}

void AddSummary(const RunResult& run, pugi::xml_node body) {
  Element(body, "h1", run.conforms() ? "Passed" : "Failed");
  Element(body, "p",
          fmt::format("{} scenarios on {}{}{}: {} passed, {} failed, {} errors, {} skipped",
                      run.scenarios.size(), run.target, run.profile.empty() ? "" : ", ",
                      run.profile, run.Count(Verdict::kPassed), run.Count(Verdict::kFailed),
                      run.Count(Verdict::kError), run.Count(Verdict::kSkipped)));
  const std::string left_out = TextOfLeftOut(run.LeftOutByReason());
  if (!left_out.empty()) Element(body, "p", Printable(left_out));
}

void AddProblems(const RunResult& run, pugi::xml_node body) {
  if (run.conforms()) return;
  Element(body, "h2", "What went wrong");
  for (const ScenarioResult& scenario : run.scenarios) {
    const std::string text = TextOfScenario(scenario, Colour::kNo);
    if (!text.empty()) Element(body, "pre", Printable(text));
  }
}

void AddRow(const ScenarioResult& scenario, pugi::xml_node table) {
  pugi::xml_node row = table.append_child("tr");
  Element(row, "td", scenario.suite);
  Element(row, "td", Printable(scenario.name));
  const std::string verdict(VerdictName(scenario.verdict));
  pugi::xml_node cell = Element(row, "td", verdict);
  cell.append_attribute("class") = verdict.c_str();
  Element(
      row, "td",
      Printable(scenario.verdict == Verdict::kSkipped ? scenario.reason : TextOfLeftOut(scenario)));
}

}  // namespace

std::string Html(const RunResult& run) {
  pugi::xml_document document;
  document.append_child(pugi::node_doctype).set_value("html");
  pugi::xml_node html = document.append_child("html");
  html.append_attribute("lang") = "en";
  AddHead(run, html);
  pugi::xml_node body = html.append_child("body");
  AddSummary(run, body);
  AddProblems(run, body);
  Element(body, "h2", "All scenarios");
  pugi::xml_node table = body.append_child("table");
  for (const ScenarioResult& scenario : run.scenarios) AddRow(scenario, table);
  std::ostringstream out;
  document.save(
      out, "", pugi::format_raw | pugi::format_no_declaration | pugi::format_no_empty_element_tags);
  return std::move(out).str() + "\n";
}

}  // namespace modcert::report
