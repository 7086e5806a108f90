#include "run/reproduce.h"

#include <algorithm>
#include <cctype>

namespace modcert::run {

namespace {

std::string Command(const std::string& subcommand, const report::ScenarioResult& scenario,
                    const RunOptions& options) {
  std::string command = "modcert " + subcommand + " " + ShellQuote(scenario.file) + " --filter " +
                        ShellQuote(ExactFilter(scenario.name)) + " --target " +
                        ShellQuote(options.side.target_text);
  for (const std::string& argument : options.more_arguments) command += " " + ShellQuote(argument);
  return command;
}

}  // namespace

std::string ReproduceCommand(const report::ScenarioResult& scenario, const RunOptions& options) {
  return Command("run", scenario, options);
}

std::string ReproduceDiffCommand(const report::ScenarioResult& scenario, const RunOptions& options,
                                 const std::string& against) {
  return Command("diff", scenario, options) + " --against " + ShellQuote(against);
}

std::string ShellQuote(const std::string& word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("_-./:=,@%+").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return word;
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

}  // namespace modcert::run
