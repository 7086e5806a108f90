// The certificate as one HTML page that needs nothing else: no script, no font, no picture from
// elsewhere. It follows the reader's choice of light or dark.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <pugixml.hpp>
#include <sstream>

#include "report/certificate.h"

namespace modcert::report {
namespace {

constexpr const char* kStyle = R"(
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#59636e;--page:#f6f7f9;--card:#fff;
--line:#dfe3e8;--code:#f0f2f5;--good:#1a7f37;--warn:#9a6700;--bad:#b3261e;--none:#6e7781}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ed;--soft:#9aa4af;--page:#14171b;--card:#1d2126;
--line:#333a42;--code:#262c33;--good:#4cc366;--warn:#dba63c;--bad:#ff7b72;--none:#8b949e}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.55 system-ui,-apple-system,
"Segoe UI",Roboto,sans-serif}
main{max-width:68rem;margin:0 auto;padding:2rem 1.25rem 4rem}
header,section{background:var(--card);border:1px solid var(--line);border-radius:12px;
padding:1.25rem 1.5rem;margin-bottom:1.25rem}
.top{display:flex;flex-wrap:wrap;gap:1rem;align-items:center;justify-content:space-between}
h1{font-size:1.7rem;line-height:1.2;margin:0}
h2{font-size:1.05rem;margin:0 0 .75rem}
.sub{color:var(--soft);margin:.2rem 0 0}
.seal{font-weight:700;letter-spacing:.04em;padding:.55rem 1rem;border:2px solid currentColor;
border-radius:999px;white-space:nowrap}
.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}.none{color:var(--none)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.25rem;margin:1.1rem 0 0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.94rem}
th{font-weight:600;color:var(--soft);font-size:.8rem;text-transform:uppercase;letter-spacing:.04em}
th,td{text-align:left;padding:.45rem .75rem .45rem 0;border-bottom:1px solid var(--line);
vertical-align:top}
tr:last-child td{border-bottom:0}
td.verdict{white-space:nowrap;font-weight:600}
code,pre{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code{overflow-wrap:anywhere}
pre{background:var(--code);border-radius:8px;padding:.7rem .9rem;margin:.4rem 0 0;overflow-x:auto}
article{border-left:4px solid currentColor;padding:.1rem 0 .1rem 1rem;margin:0 0 1.4rem}
article:last-child{margin-bottom:0}
article p,article pre{color:var(--ink)}
article h3{margin:0;font-size:1rem}
article p{margin:.3rem 0}
article p.label,.label{color:var(--soft);font-size:.85rem;margin:.6rem 0 0}
details{margin-top:.5rem}summary{cursor:pointer;color:var(--soft)}
.names code{display:inline-block;background:var(--code);border-radius:5px;padding:0 .4rem;
margin:.12rem .2rem .12rem 0}
footer{color:var(--soft);font-size:.85rem;text-align:center}
)";

// Text that XML can carry.
std::string Printable(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') c = '?';
  return text;
}

pugi::xml_node Element(pugi::xml_node parent, const char* name, const std::string& text = {},
                       const char* css_class = nullptr) {
  pugi::xml_node node = parent.append_child(name);
  if (css_class) node.append_attribute("class") = css_class;
  if (!text.empty()) node.text() = Printable(text).c_str();
  return node;
}

const char* ClassOf(CheckVerdict verdict) {
  switch (verdict) {
    case CheckVerdict::kPassed:
      return "good";
    case CheckVerdict::kWarning:
      return "warn";
    case CheckVerdict::kFailed:
      return "bad";
    default:
      return "none";
  }
}

const char* ClassOf(const Certificate& certificate) {
  if (certificate.has_errors()) return "bad";
  return certificate.has_warnings() ? "warn" : "good";
}

const char* MarkOf(CheckVerdict verdict) {
  switch (verdict) {
    case CheckVerdict::kPassed:
      return "✓ ";
    case CheckVerdict::kWarning:
      return "! ";
    case CheckVerdict::kFailed:
      return "✗ ";
    default:
      return "– ";
  }
}

std::string Title(const Certificate& certificate) {
  const ModuleFacts& module = certificate.module;
  if (module.loaded) return fmt::format("{} version {}", module.name, module.version);
  return certificate.path.substr(certificate.path.rfind('/') + 1);
}

void AddHead(const Certificate& certificate, pugi::xml_node html) {
  pugi::xml_node head = html.append_child("head");
  head.append_child("meta").append_attribute("charset") = "utf-8";
  pugi::xml_node viewport = head.append_child("meta");
  viewport.append_attribute("name") = "viewport";
  viewport.append_attribute("content") = "width=device-width, initial-scale=1";
  Element(head, "title", fmt::format("{}: {}", Title(certificate), certificate.verdict()));
  Element(head, "style").text() = kStyle;
}

void AddTerm(pugi::xml_node list, const std::string& term, const std::string& value,
             const char* element = nullptr) {
  Element(list, "dt", term);
  if (!element) {
    Element(list, "dd", value);
    return;
  }
  Element(Element(list, "dd"), element, value);
}

void AddHeader(const Certificate& certificate, pugi::xml_node main) {
  const ModuleFacts& module = certificate.module;
  pugi::xml_node header = Element(main, "header");
  pugi::xml_node top = Element(header, "div", {}, "top");
  pugi::xml_node titles = Element(top, "div");
  Element(titles, "h1", Title(certificate));
  Element(titles, "p", "Module certificate by modcert", "sub");
  const std::string seal = fmt::format("seal {}", ClassOf(certificate));
  Element(top, "div", std::string(certificate.verdict()), seal.c_str());
  pugi::xml_node list = Element(header, "dl");
  AddTerm(list, "File", fmt::format("{} ({} bytes)", certificate.path, certificate.size), "code");
  AddTerm(list, "SHA-256", certificate.sha256, "code");
  AddTerm(list, "Build id", certificate.build_id.empty() ? "none" : certificate.build_id, "code");
  AddTerm(list, "Profile", certificate.profile);
  std::string args;
  for (const std::string& arg : certificate.args) args += (args.empty() ? "" : " ") + arg;
  if (!args.empty()) AddTerm(list, "Arguments", args, "code");
  if (!module.loaded) return;
  const auto version = [](const std::string& text) { return text.empty() ? "none" : text; };
  AddTerm(list, "Servers",
          fmt::format("Redis {}, Valkey {}: the first with all it uses",
                      version(module.first_redis), version(module.first_valkey)));
}

pugi::xml_node AddTable(pugi::xml_node section, std::initializer_list<const char*> heads) {
  pugi::xml_node table = Element(Element(section, "div", {}, "scroll"), "table");
  pugi::xml_node row = Element(Element(table, "thead"), "tr");
  for (const char* head : heads) Element(row, "th", head);
  return Element(table, "tbody");
}

void AddVerdict(pugi::xml_node row, CheckVerdict verdict) {
  const std::string css = fmt::format("verdict {}", ClassOf(verdict));
  Element(row, "td", MarkOf(verdict) + std::string(CheckVerdictName(verdict)), css.c_str());
}

void AddChecks(const Certificate& certificate, pugi::xml_node main) {
  pugi::xml_node section = Element(main, "section");
  Element(section, "h2", "Checks");
  pugi::xml_node table = AddTable(section, {"Check", "Verdict", "Detail"});
  for (const Check& check : certificate.checks) {
    pugi::xml_node row = Element(table, "tr");
    Element(row, "td", check.name);
    AddVerdict(row, check.verdict);
    Element(row, "td", check.detail);
  }
}

const char* ClassOf(ProfileVerdict::Outcome outcome) {
  switch (outcome) {
    case ProfileVerdict::Outcome::kCertified:
      return "verdict good";
    case ProfileVerdict::Outcome::kWarnings:
      return "verdict warn";
    case ProfileVerdict::Outcome::kNotCertified:
      return "verdict bad";
    default:
      return "verdict none";
  }
}

void AddProfiles(const Certificate& certificate, pugi::xml_node main) {
  if (certificate.profiles.empty()) return;
  pugi::xml_node section = Element(main, "section");
  Element(section, "h2", "Server versions");
  pugi::xml_node table = AddTable(section, {"Version", "Verdict", "Lacks", "Detail"});
  for (const ProfileVerdict& verdict : certificate.profiles) {
    pugi::xml_node row = Element(table, "tr");
    Element(row, "td", verdict.profile);
    Element(row, "td", std::string(OutcomeName(verdict.outcome)), ClassOf(verdict.outcome));
    Element(row, "td", fmt::format("{}", fmt::join(verdict.lacks, " ")), "names");
    Element(row, "td", verdict.detail);
  }
}

void AddLines(pugi::xml_node parent, const char* label, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  Element(parent, "p", label, "label");
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  Element(parent, "pre", text);
}

void AddFindings(const Certificate& certificate, pugi::xml_node main) {
  if (certificate.findings.empty()) return;
  pugi::xml_node section = Element(main, "section");
  Element(section, "h2", fmt::format("Findings ({})", certificate.findings.size()));
  for (const validate::Finding& finding : certificate.findings) {
    const bool error = finding.severity == validate::Severity::kError;
    pugi::xml_node article = Element(section, "article", {}, error ? "bad" : "warn");
    Element(article, "h3",
            fmt::format("{}: {}{}", validate::SeverityName(finding.severity), finding.contract,
                        finding.function.empty() ? "" : " in " + finding.function));
    Element(article, "p", finding.message);
    AddLines(article, "Stack, innermost first", finding.stack);
    AddLines(article, "Last API calls", finding.last_calls);
    AddLines(article, "Log", finding.log);
    if (!finding.reproduce.empty()) AddLines(article, "Reproduce", {finding.reproduce});
  }
}

void AddCommands(const ModuleFacts& module, pugi::xml_node main) {
  if (module.commands.empty()) return;
  pugi::xml_node section = Element(main, "section");
  Element(section, "h2", fmt::format("Commands ({})", module.commands.size()));
  pugi::xml_node table = AddTable(
      section, {"Command", "Flags", "Keys", "Arguments taken", "No error on keys of type"});
  for (const CommandFacts& command : module.commands) {
    pugi::xml_node row = Element(table, "tr");
    Element(Element(row, "td"), "code", command.name);
    Element(row, "td", command.flags);
    Element(row, "td",
            command.first_key <= 0 ? "none declared"
                                   : fmt::format("{} to {}, step {}", command.first_key,
                                                 command.last_key, command.key_step));
    Element(row, "td", command.accepts_arguments);
    Element(row, "td", command.accepts_types);
  }
}

void AddTypes(const ModuleFacts& module, pugi::xml_node main) {
  if (module.types.empty()) return;
  pugi::xml_node section = Element(main, "section");
  Element(section, "h2", fmt::format("Data types ({})", module.types.size()));
  pugi::xml_node table = AddTable(section, {"Name", "Encoding version"});
  for (const TypeFacts& type : module.types) {
    pugi::xml_node row = Element(table, "tr");
    Element(Element(row, "td"), "code", type.name);
    Element(row, "td", std::to_string(type.encoding_version));
  }
}

template <typename Pick>
void AddNames(const ModuleFacts& module, pugi::xml_node section, const std::string& title,
              Pick pick) {
  const auto count = std::ranges::count_if(module.functions, pick);
  if (count == 0) return;
  Element(section, "p", fmt::format("{} ({})", title, count), "label");
  pugi::xml_node names = Element(section, "div", {}, "names");
  for (const FunctionFacts& function : module.functions)
    if (pick(function)) Element(names, "code", function.name);
}

void AddFunctions(const ModuleFacts& module, pugi::xml_node main) {
  if (module.functions.empty()) return;
  pugi::xml_node section = Element(main, "section");
  Element(section, "h2", "API functions");
  const auto used = [](const FunctionFacts& f) { return f.used; };
  AddNames(module, section, module.tells_use ? "Used" : "Looked up", used);
  AddNames(module, section, "Used, and not in this profile",
           [&](const FunctionFacts& f) { return used(f) && !f.in_profile; });
  AddNames(module, section, "Used, and not implemented by modcert",
           [&](const FunctionFacts& f) { return used(f) && f.in_profile && !f.implemented; });
  AddNames(module, section, "Looked up and not used",
           [&](const FunctionFacts& f) { return !used(f); });
}

void AddSpecs(const Certificate& certificate, pugi::xml_node main) {
  const RunResult& specs = certificate.specs;
  if (specs.scenarios.empty()) return;
  pugi::xml_node section = Element(main, "section");
  Element(section, "h2", fmt::format("Scenarios ({})", specs.scenarios.size()));
  pugi::xml_node table = AddTable(section, {"Suite", "Scenario", "Verdict"});
  for (const ScenarioResult& scenario : specs.scenarios) {
    pugi::xml_node row = Element(table, "tr");
    Element(row, "td", scenario.suite);
    pugi::xml_node name = Element(row, "td", scenario.name);
    const std::string problem = TextOfScenario(scenario, Colour::kNo);
    if (!problem.empty()) Element(name, "pre", problem);
    const CheckVerdict verdict = scenario.verdict == Verdict::kPassed    ? CheckVerdict::kPassed
                                 : scenario.verdict == Verdict::kSkipped ? CheckVerdict::kNotRun
                                                                         : CheckVerdict::kFailed;
    AddVerdict(row, verdict);
  }
}

}  // namespace

std::string CertificateHtml(const Certificate& certificate) {
  pugi::xml_document document;
  document.append_child(pugi::node_doctype).set_value("html");
  pugi::xml_node html = document.append_child("html");
  html.append_attribute("lang") = "en";
  AddHead(certificate, html);
  pugi::xml_node main = html.append_child("body").append_child("main");
  AddHeader(certificate, main);
  AddChecks(certificate, main);
  AddProfiles(certificate, main);
  AddFindings(certificate, main);
  AddCommands(certificate.module, main);
  AddTypes(certificate.module, main);
  AddFunctions(certificate.module, main);
  AddSpecs(certificate, main);
  Element(main, "footer", "The same module and options give the same page.");
  std::ostringstream out;
  document.save(
      out, "", pugi::format_raw | pugi::format_no_declaration | pugi::format_no_empty_element_tags);
  return std::move(out).str() + "\n";
}

}  // namespace modcert::report
