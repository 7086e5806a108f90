#include "run/crash_handler.h"

#include <dlfcn.h>
#include <signal.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include <backward.hpp>

#include "run/memory_limit.h"

// Where the build is sanitized, crashes come to our handler as ever; what AddressSanitizer finds
// itself ends in an abort, with its report on the standard error. A module that asks for too much
// memory gets what malloc gives then.
extern "C" [[gnu::visibility("default")]] const char* __asan_default_options() {
  return "handle_segv=0:handle_sigbus=0:handle_sigill=0:handle_sigfpe=0:handle_abort=0:"
         "abort_on_error=1:allocator_may_return_null=1:max_allocation_size_mb=4096";
}

namespace modcert::run {
namespace {

constexpr size_t kFramesMax = 40;         // a module's frames and how they were reached
constexpr unsigned kHandlerSeconds = 10;  // to read the debug information of a large module
constexpr std::string_view kCallsMark = "-- calls";
constexpr std::string_view kAddressMark = "-- address ";
constexpr std::string_view kInfoMark = "-- info";
constexpr std::string_view kSignalMark = "-- signal ";

// A signal handler has no other way to reach these.
int report_fd = -1;
CrashNote crash_note = nullptr;
CrashNote crash_info = nullptr;
std::vector<std::string>* module_files = nullptr;
alignas(16) char handler_stack[512 * 1024];  // libdw needs far more than SIGSTKSZ

void* FaultingCode(void* context) {
#if defined(__x86_64__)
  return reinterpret_cast<void*>(static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return reinterpret_cast<void*>(static_cast<ucontext_t*>(context)->uc_mcontext.pc);
#else
  (void)context;
  return nullptr;
#endif
}

// The file that a private copy was made of, by its name: "/memfd:hello.so (deleted)".
const std::string* FileOfCopy(std::string_view mapped_name) {
  constexpr std::string_view kPrefix = "/memfd:";
  if (module_files == nullptr || !mapped_name.starts_with(kPrefix)) return nullptr;
  const std::string_view name =
      mapped_name.substr(kPrefix.size(), mapped_name.find(' ') - kPrefix.size());
  for (const std::string& path : *module_files) {
    if (std::string_view(path).substr(path.rfind('/') + 1) == name) return &path;
  }
  return nullptr;
}

// Looks an address up in the module's own file. False when that has no symbol for it.
bool PrintFrameOfModule(void* address, const std::string& path) {
  Dl_info info = {};
  if (dladdr(address, &info) == 0) return false;
  static const Dwfl_Callbacks kCallbacks = {.find_elf = dwfl_build_id_find_elf,
                                            .find_debuginfo = dwfl_standard_find_debuginfo,
                                            .section_address = dwfl_offline_section_address,
                                            .debuginfo_path = nullptr};
  Dwfl* session = dwfl_begin(&kCallbacks);
  const auto base = reinterpret_cast<GElf_Addr>(info.dli_fbase);
  Dwfl_Module* module =
      dwfl_report_elf(session, path.c_str(), path.c_str(), -1, base, /*add_p_vaddr=*/false);
  dwfl_report_end(session, nullptr, nullptr);
  const auto at = reinterpret_cast<GElf_Addr>(address);
  const char* function = module != nullptr ? dwfl_module_addrname(module, at) : nullptr;
  if (function == nullptr) return false;
  Dwfl_Line* line = dwfl_module_getsrc(module, at);
  int number = 0;
  const char* source =
      line != nullptr ? dwfl_lineinfo(line, nullptr, &number, nullptr, nullptr, nullptr) : nullptr;
  if (source != nullptr) {
    dprintf(report_fd, "%s at %s:%d\n", function, source, number);
  } else {
    dprintf(report_fd, "%s in %s\n", function, path.c_str());
  }
  return true;  // the session stays open: the process is about to end
}

void PrintFrame(const backward::ResolvedTrace& frame) {
  const std::string* path = FileOfCopy(frame.object_filename);
  if (path != nullptr && PrintFrameOfModule(frame.addr, *path)) return;
  const char* function = frame.object_function.empty() ? "?" : frame.object_function.c_str();
  if (frame.source.filename.empty()) {
    dprintf(report_fd, "%s in %s\n", function, frame.object_filename.c_str());
  } else {
    dprintf(report_fd, "%s at %s:%u\n", frame.source.function.c_str(),
            frame.source.filename.c_str(), frame.source.line);
  }
}

void PrintStack(void* context) {
  backward::StackTrace stack;
  stack.load_from(FaultingCode(context), kFramesMax, context, nullptr);
  backward::TraceResolver resolver;
  resolver.load_stacktrace(stack);
  for (size_t i = 0; i < stack.size(); ++i) PrintFrame(resolver.resolve(stack[i]));
}

void OnFatalSignal(int signal_number, siginfo_t* info, void* context) {
  // A second signal in here, or the alarm, ends the process at once.
  struct sigaction by_default = {};
  by_default.sa_handler = SIG_DFL;
  for (const int fatal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGALRM, SIGQUIT}) {
    sigaction(fatal, &by_default, nullptr);
  }
  alarm(kHandlerSeconds);
  // At the limit of memory there would be none for the debug information.
  LiftMemoryLimit();
  dprintf(report_fd, "%s%d\n", kSignalMark.data(), signal_number);
  if (signal_number == SIGSEGV || signal_number == SIGBUS) {
    dprintf(report_fd, "%s%p\n", kAddressMark.data(), info->si_addr);
  }
  // The calls first: they need no debug information, so nothing can go wrong with them.
  if (crash_note != nullptr) {
    dprintf(report_fd, "%s\n", kCallsMark.data());
    crash_note(report_fd);
  }
  dprintf(report_fd, "-- stack\n");
  PrintStack(context);
  if (crash_info != nullptr && signal_number != SIGQUIT) {
    dprintf(report_fd, "%s\n", kInfoMark.data());
    crash_info(report_fd);
  }
  sigset_t pending;
  sigemptyset(&pending);
  sigaddset(&pending, signal_number);
  raise(signal_number);
  sigprocmask(SIG_UNBLOCK, &pending, nullptr);
}

}  // namespace

void SetModuleFiles(std::vector<std::string> paths) {
  static std::vector<std::string> files;
  files = std::move(paths);
  module_files = &files;
}

void SetCrashNote(CrashNote note) { crash_note = note; }
void SetCrashInfo(CrashNote info) { crash_info = info; }

void InstallCrashHandler(int fd) {
  report_fd = fd;
  stack_t stack = {};
  stack.ss_sp = handler_stack;
  stack.ss_size = sizeof handler_stack;
  sigaltstack(&stack, nullptr);
  struct sigaction action = {};
  action.sa_sigaction = OnFatalSignal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigaction(SIGQUIT, &action, nullptr);
  for (const int fatal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) {
    sigaction(fatal, &action, nullptr);
  }
}

namespace {

// How the scenario was reached is the same every time.
void CutOwnFrames(std::vector<std::string>& stack) {
  const auto own = std::find_if(stack.begin(), stack.end(), [](const std::string& frame) {
    return frame.find("harness/run/scenario_run") != std::string::npos;
  });
  if (own != stack.begin()) stack.erase(own, stack.end());
}

}  // namespace

CrashReport ParseCrashReport(const std::string& text) {
  CrashReport report;
  std::vector<std::string>* section = nullptr;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line == kCallsMark) {
      section = &report.last_calls;
    } else if (line == "-- stack") {
      section = &report.stack;
    } else if (line == kInfoMark) {
      section = &report.info;
    } else if (line.starts_with(kSignalMark)) {
      report.signal = std::atoi(line.c_str() + kSignalMark.size());
    } else if (line.starts_with(kAddressMark)) {
      report.address = line.substr(kAddressMark.size());
    } else if (section != nullptr) {
      section->push_back(line);
    }
  }
  CutOwnFrames(report.stack);
  return report;
}

}  // namespace modcert::run
