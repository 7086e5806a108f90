#include "cli/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "cli/commands.h"

namespace modcert::cli {

report::Colour ColourFor(FILE* stream) {
  const char* no_color = std::getenv("NO_COLOR");
  const bool refused = no_color != nullptr && *no_color != '\0';
  return !refused && isatty(fileno(stream)) == 1 ? report::Colour::kYes : report::Colour::kNo;
}

void PrintError(const Error& error) { fmt::print(stderr, "modcert: {}\n", error.ToString()); }

Exit ExitOf(const Result<Exit>& done) {
  if (!done) PrintError(done.error());
  return done.value_or(Exit::kUsage);
}

Status WriteOutput(const std::string& path, const std::string& text) {
  if (path == "-") {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
      return Fail("standard output", "cannot be written");
    }
    return {};
  }
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  return out ? Status() : Fail(path, "cannot be written");
}

}  // namespace modcert::cli
