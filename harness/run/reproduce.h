// The command that repeats one scenario.
#pragma once

#include <string>

#include "report/result.h"
#include "run/runner.h"

namespace modcert::run {

// `modcert run specs/x.json --filter '^name$' --target redis`, quoted for a shell.
std::string ReproduceCommand(const report::ScenarioResult& scenario, const RunOptions& options);

// `modcert diff specs/x.json --filter '^name$' --target inprocess --against redis`.
std::string ReproduceDiffCommand(const report::ScenarioResult& scenario, const RunOptions& options,
                                 const std::string& against);

// A word as a POSIX shell reads it back.
std::string ShellQuote(const std::string& word);

}  // namespace modcert::run
