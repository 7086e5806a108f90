// The report options that all subcommands with a result have in common.
#pragma once

#include <string>

#include "base/result.h"
#include "report/result.h"

namespace CLI {
class App;
}

namespace modcert::cli {

// Paths of the reports to write; empty is none, "-" is standard output.
struct ReportFiles {
  std::string json;
  std::string junit;
  std::string tap;
  std::string html;
};

// Adds --json, --junit, --tap and --html.
void AddReportFiles(CLI::App& command, ReportFiles& files);

// Writes those that are asked for.
Status WriteReports(const ReportFiles& files, const report::RunResult& result);

}  // namespace modcert::cli
