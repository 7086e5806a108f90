#include "run/reproduce.h"

#include <algorithm>
#include <cctype>

namespace modcert::run {

std::string ReproduceCommand(const report::ScenarioResult& scenario, const RunOptions& options) {
  std::string command = "modcert run " + ShellQuote(scenario.file) + " --filter " +
                        ShellQuote(ExactFilter(scenario.name)) + " --target " +
                        ShellQuote(options.target_text);
  for (const std::string& argument : options.more_arguments) command += " " + ShellQuote(argument);
  return command;
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
