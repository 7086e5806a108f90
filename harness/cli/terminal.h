// What the terminal can do.
#pragma once

#include <cstdio>
#include <string>

#include "base/result.h"
#include "report/text.h"

namespace modcert::cli {

// Colour on a terminal only, and never when NO_COLOR is set to something.
report::Colour ColourFor(FILE* stream);

// "modcert: specs/a.json:3:7: ..." on standard error.
void PrintError(const Error& error);

// Writes a report; "-" is standard output. Fails when the file cannot be written whole.
Status WriteOutput(const std::string& path, const std::string& text);

}  // namespace modcert::cli
