// The certificate as text: who the module is, what was checked, what was found, and the verdict in
// the last line.
#include <fmt/format.h>

#include <algorithm>

#include "report/certificate.h"

namespace modcert::report {
namespace {

constexpr std::string_view kRed = "31";
constexpr std::string_view kGreen = "32";
constexpr std::string_view kYellow = "33";
constexpr std::string_view kDim = "2";
constexpr std::string_view kBold = "1";
constexpr size_t kWidthMax = 100;  // of lists of names

std::string Paint(std::string_view text, std::string_view code, Colour colour) {
  return colour == Colour::kYes ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
}

std::string_view ColourOf(CheckVerdict verdict) {
  switch (verdict) {
    case CheckVerdict::kPassed:
      return kGreen;
    case CheckVerdict::kWarning:
      return kYellow;
    case CheckVerdict::kFailed:
      return kRed;
    default:
      return kDim;
  }
}

void AppendField(std::string_view name, std::string_view value, std::string& out) {
  out += fmt::format("  {:<14} {}\n", name, value);
}

std::string Counted(size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string KeysOf(const CommandFacts& command) {
  if (command.first_key <= 0) return "no keys declared";
  return fmt::format("keys {} to {} step {}", command.first_key, command.last_key,
                     command.key_step);
}

size_t UsedCount(const ModuleFacts& module) {
  return static_cast<size_t>(std::ranges::count_if(module.functions, &FunctionFacts::used));
}

std::string ApiSummary(const ModuleFacts& module) {
  if (!module.tells_use)
    return fmt::format("{} looked up (which of them are used is not known)",
                       Counted(module.functions.size(), "function", "functions"));
  return fmt::format("{} used, of {} looked up",
                     Counted(UsedCount(module), "function", "functions"), module.functions.size());
}

std::string Servers(const ModuleFacts& module) {
  const auto from = [](std::string_view server, const std::string& version) {
    return version.empty() ? fmt::format("no {}", server) : fmt::format("{} {}", server, version);
  };
  return from("Redis", module.first_redis) + ", " + from("Valkey", module.first_valkey) +
         " (the first releases that have all that it uses)";
}

// Names in lines of a readable width.
void AppendNames(std::string_view title, const std::vector<std::string>& names, std::string& out) {
  if (names.empty()) return;
  std::string line;
  bool first = true;
  const auto flush = [&] {
    AppendField(first ? title : "", line, out);
    first = false;
    line.clear();
  };
  for (const std::string& name : names) {
    if (!line.empty() && line.size() + name.size() + 1 > kWidthMax - 17) flush();
    line += (line.empty() ? "" : " ") + name;
  }
  flush();
}

template <typename Pick>
std::vector<std::string> FunctionNames(const ModuleFacts& module, Pick pick) {
  std::vector<std::string> names;
  for (const FunctionFacts& function : module.functions)
    if (pick(function)) names.push_back(function.name);
  return names;
}

void AppendHeader(const Certificate& certificate, Colour colour, std::string& out) {
  const ModuleFacts& module = certificate.module;
  const std::string title =
      module.loaded ? fmt::format("{} version {}", module.name, module.version) : certificate.path;
  out += Paint(title, kBold, colour) + "\n";
  AppendField("file", fmt::format("{} ({} bytes)", certificate.path, certificate.size), out);
  AppendField("sha256", certificate.sha256, out);
  AppendField("build id", certificate.build_id.empty() ? "none" : certificate.build_id, out);
  AppendField("profile", certificate.profile, out);
  if (!certificate.args.empty()) AppendNames("arguments", certificate.args, out);
  if (!module.loaded) return;
  AppendField("API version", std::to_string(module.api_version), out);
  AppendField("API functions", ApiSummary(module), out);
  AppendField("servers", Servers(module), out);
  const auto wanted = [](const FunctionFacts& f) { return f.used; };
  if (module.tells_use) AppendNames("used", FunctionNames(module, wanted), out);
  AppendNames("not in profile",
              FunctionNames(module, [&](const auto& f) { return wanted(f) && !f.in_profile; }),
              out);
  AppendNames(
      "not in modcert",
      FunctionNames(module,
                    [&](const auto& f) { return wanted(f) && f.in_profile && !f.implemented; }),
      out);
}

void AppendCommands(const ModuleFacts& module, std::string& out) {
  if (!module.loaded) return;
  out += fmt::format("\n{}\n", Counted(module.commands.size(), "command", "commands"));
  for (const CommandFacts& command : module.commands) {
    std::string line = fmt::format("  {:<28} {:<24} {}", command.name, KeysOf(command),
                                   command.flags.empty() ? "no flags" : command.flags);
    if (!command.accepts_arguments.empty())
      line += fmt::format("; arguments: {}", command.accepts_arguments);
    if (!command.accepts_types.empty())
      line += fmt::format("; no error on: {}", command.accepts_types);
    out += line + "\n";
  }
  if (module.types.empty()) return;
  out += fmt::format("\n{}\n", Counted(module.types.size(), "data type", "data types"));
  for (const TypeFacts& type : module.types)
    out += fmt::format("  {} (encoding version {})\n", type.name, type.encoding_version);
}

void AppendChecks(const Certificate& certificate, Colour colour, std::string& out) {
  out += "\nchecks\n";
  size_t width = 0;
  for (const Check& check : certificate.checks) width = std::max(width, check.name.size());
  for (const Check& check : certificate.checks) {
    const std::string verdict = fmt::format("{:<14}", CheckVerdictName(check.verdict));
    std::string line = fmt::format("  {:<{}}  {} {}", check.name, width,
                                   Paint(verdict, ColourOf(check.verdict), colour), check.detail);
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
}

void AppendLines(std::string_view title, const std::vector<std::string>& lines, std::string& out) {
  if (lines.empty()) return;
  out += fmt::format("      {}:\n", title);
  for (const std::string& line : lines) out += fmt::format("        {}\n", line);
}

void AppendFindings(const Certificate& certificate, Colour colour, std::string& out) {
  if (certificate.findings.empty()) return;
  out += fmt::format("\n{}\n", Counted(certificate.findings.size(), "finding", "findings"));
  for (const validate::Finding& finding : certificate.findings) {
    const bool error = finding.severity == validate::Severity::kError;
    out +=
        fmt::format("  {} {}{}\n",
                    Paint(validate::SeverityName(finding.severity), error ? kRed : kYellow, colour),
                    Paint(finding.contract, kBold, colour),
                    finding.function.empty() ? "" : ": " + finding.function);
    out += fmt::format("      {}\n", finding.message);
    AppendLines("stack", finding.stack, out);
    AppendLines("last API calls", finding.last_calls, out);
    AppendLines("log", finding.log, out);
    if (!finding.reproduce.empty()) out += fmt::format("      reproduce: {}\n", finding.reproduce);
  }
}

}  // namespace

std::string CertificateText(const Certificate& certificate, Colour colour) {
  std::string out;
  AppendHeader(certificate, colour, out);
  AppendCommands(certificate.module, out);
  AppendChecks(certificate, colour, out);
  out += TextOfProfiles(certificate.profiles, colour);
  AppendFindings(certificate, colour, out);
  std::string specs;
  for (const ScenarioResult& scenario : certificate.specs.scenarios)
    specs += TextOfScenario(scenario, colour);
  if (!specs.empty()) out += "\nspecs\n" + specs;
  const std::string_view code = certificate.has_errors()     ? kRed
                                : certificate.has_warnings() ? kYellow
                                                             : kGreen;
  return out + "\n" + Paint(certificate.verdict(), code, colour) + "\n";
}

}  // namespace modcert::report
