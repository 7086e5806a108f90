// modcert certify: the verdict on one module, with no configuration.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "cli/commands.h"
#include "cli/report_files.h"
#include "cli/run_arguments.h"
#include "cli/terminal.h"
#include "report/certificate.h"
#include "report/junit.h"
#include "report/tap.h"
#include "run/certification.h"
#include "run/profile_matrix.h"

namespace modcert::cli {
namespace {

struct Arguments {
  run::CertifyOptions options;
  RunArguments specs;
  ReportFiles files;
  std::string report_folder;
};

std::string JUnitOf(const report::Certificate& certificate) {
  return report::JUnit(report::CertificateAsRun(certificate));
}

std::string TapOf(const report::Certificate& certificate) {
  return report::Tap(report::CertificateAsRun(certificate));
}

std::string PlainText(const report::Certificate& certificate) {
  return report::CertificateText(certificate, report::Colour::kNo);
}

// Every form that a certificate is written in.
struct Row {
  const char* file_name;  // in the folder of --report
  std::string ReportFiles::*path;
  std::string (*write)(const report::Certificate&);
};

constexpr Row kRows[] = {
    {"certificate.txt", nullptr, PlainText},
    {"certificate.json", &ReportFiles::json, report::CertificateJson},
    {"certificate.junit.xml", &ReportFiles::junit, JUnitOf},
    {"certificate.tap", &ReportFiles::tap, TapOf},
    {"certificate.html", &ReportFiles::html, report::CertificateHtml},
};

Status WriteAll(const Arguments& arguments, const report::Certificate& certificate) {
  const std::filesystem::path folder = arguments.report_folder;
  std::error_code error;
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error) return Fail(arguments.report_folder, error.message());
  for (const Row& row : kRows) {
    std::vector<std::string> paths;
    if (row.path && !(arguments.files.*row.path).empty())
      paths.push_back(arguments.files.*row.path);
    if (!folder.empty()) paths.push_back((folder / row.file_name).string());
    for (const std::string& path : paths)
      if (auto written = WriteOutput(path, row.write(certificate)); !written) return written;
  }
  return {};
}

// Progress is for people: they see what takes long.
void ShowStage(const std::string& stage, size_t count) {
  if (isatty(STDERR_FILENO) == 1) fmt::print(stderr, "{}: {} calls ...\n", stage, count);
}

Result<Exit> Certify(Arguments& arguments) {
  if (!arguments.specs.specs.empty()) {
    arguments.specs.modules = {arguments.options.path};
    auto specs = ReadSpecs(arguments.specs);
    if (!specs) return tl::unexpected(specs.error());
    arguments.options.specs = *std::move(specs);
  }
  arguments.options.on_stage = ShowStage;
  const auto certificate = run::CertifyOnAll(arguments.options);
  if (!certificate) return tl::unexpected(certificate.error());
  fmt::print("{}", report::CertificateText(*certificate, ColourFor(stdout)));
  if (auto written = WriteAll(arguments, *certificate); !written)
    return tl::unexpected(written.error());
  return certificate->has_errors() ? Exit::kFindings : Exit::kConforms;
}

}  // namespace

void AddCertify(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<Arguments>();
  run::CertifyOptions& options = arguments->options;
  CLI::App* certify = app.add_subcommand("certify", "Certifies a module: a verdict with evidence.");
  certify->add_option("MODULE", options.path, "The module's .so")->required();
  certify->add_option("--args", options.args, "Arguments to load it with");
  certify->add_option("--spec", arguments->specs.specs, "Spec files to run as well, or folders");
  certify->add_option("--define", arguments->specs.definitions, "NAME=VALUE for ${NAME} in specs");
  certify->add_option(
      "--profile", options.profile,
      "Only this server version: redis-7.0 ... (default: all from the module's minimum "
      "upward)");
  certify->add_option("--only", options.only, "Only this probe, as `reproduce:` names it");
  certify->add_option("--timeout-ms", options.limits.timeout_ms, "Limit of one call")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  certify->add_option("--report", arguments->report_folder, "Write all reports to this folder");
  AddReportFiles(*certify, arguments->files);
  certify->callback([arguments, &exit] { exit = ExitOf(Certify(*arguments)); });
}

}  // namespace modcert::cli
