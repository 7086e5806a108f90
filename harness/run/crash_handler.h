// What a dying child still says: the signal, a symbolised stack and the last API calls. Runs inside
// of a signal handler in a process that is broken already, so it is best effort: the parent reads
// whatever was written, and a second crash or a hang in here loses the rest only.
#pragma once

#include <string>
#include <vector>

namespace modcert::run {

// Writes lines about what the module did last, such as its API calls, oldest first.
using CrashNote = void (*)(int fd);

// Whoever knows the last API calls registers here; null takes it back.
void SetCrashNote(CrashNote note);
// The same for what modules say of themselves in a crash report: asked for last, because that calls
// the module that has just crashed.
void SetCrashInfo(CrashNote info);

// The files of the modules that the scenario loads. The host maps private copies without a name;
// with the files their frames have names and lines.
void SetModuleFiles(std::vector<std::string> paths);

// From now on a fatal signal, and SIGQUIT from the watchdog, writes a report to `fd` and then ends
// the process by that signal. Handlers run on a stack of their own, so that an overflow is reported
// too. With AddressSanitizer, whose own report is better, only SIGQUIT is handled.
void InstallCrashHandler(int fd);

// What the report says, read by the parent.
struct CrashReport {
  int signal = 0;  // what the handler was called for; 0 when it was not
  std::vector<std::string> stack;
  std::vector<std::string> last_calls;
  std::vector<std::string> info;  // the sections that modules have in INFO
  std::string address;            // that could not be accessed, for SIGSEGV and SIGBUS
};
CrashReport ParseCrashReport(const std::string& text);

}  // namespace modcert::run
