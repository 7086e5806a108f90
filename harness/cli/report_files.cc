#include "cli/report_files.h"

#include <CLI/CLI.hpp>

#include "cli/terminal.h"
#include "report/html.h"
#include "report/json.h"
#include "report/junit.h"
#include "report/tap.h"

namespace modcert::cli {
namespace {

struct Row {
  const char* option;
  const char* help;
  std::string ReportFiles::*path;
  std::string (*write)(const report::RunResult&);
};

constexpr Row kRows[] = {
    {"--json", "Write the result as JSON", &ReportFiles::json, report::Json},
    {"--junit", "Write the result as JUnit XML", &ReportFiles::junit, report::JUnit},
    {"--tap", "Write the result as TAP", &ReportFiles::tap, report::Tap},
    {"--html", "Write the result as one HTML page", &ReportFiles::html, report::Html},
};

}  // namespace

void AddReportFiles(CLI::App& command, ReportFiles& files) {
  for (const Row& row : kRows) command.add_option(row.option, files.*row.path, row.help);
}

Status WriteReports(const ReportFiles& files, const report::RunResult& result) {
  for (const Row& row : kRows) {
    if ((files.*row.path).empty()) continue;
    if (auto written = WriteOutput(files.*row.path, row.write(result)); !written) return written;
  }
  return {};
}

}  // namespace modcert::cli
