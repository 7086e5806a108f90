#include "run/footprint.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "module/elf.h"

namespace modcert::run {
namespace {

int CountEntries(const char* folder) {
  std::error_code error;
  const std::filesystem::directory_iterator entries(folder, error);
  return static_cast<int>(std::distance(begin(entries), end(entries)));
}

// "7f00-7f10 rw-s 00000000 00:01 5 /dev/zero (deleted)": the fourth letter says who sees writes.
int CountSharedMappings() {
  int count = 0;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const size_t space = line.find(' ');
    if (space != line.npos && line.size() > space + 4 && line[space + 4] == 's') ++count;
  }
  return count;
}

// Children that are there, and those that were waited for.
bool HasForked() {
  siginfo_t child = {};
  if (waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == 0) return true;
  rusage usage = {};
  getrusage(RUSAGE_CHILDREN, &usage);
  return usage.ru_minflt > 0;
}

bool HasTimer() {
  return std::ranges::any_of(std::to_array({ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF}),
                             [](auto which) {
                               itimerval timer = {};
                               getitimer(which, &timer);
                               return timerisset(&timer.it_value);
                             });
}

std::vector<uintptr_t> SignalHandlers() {
  std::vector<uintptr_t> handlers;
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction action = {};
    sigaction(number, nullptr, &action);
    handlers.push_back(reinterpret_cast<uintptr_t>(action.sa_sigaction));
  }
  return handlers;
}

}  // namespace

Footprint Footprint::Now() {
  std::error_code error;
  const off_t printed = lseek(STDOUT_FILENO, 0, SEEK_CUR);
  return {.threads = CountEntries("/proc/self/task"),
          .descriptors = CountEntries("/proc/self/fd"),
          .shared_mappings = CountSharedMappings(),
          .has_forked = HasForked(),
          .has_timer = HasTimer(),
          .printed = std::max<off_t>(printed, 0),
          .folder = std::filesystem::current_path(error).string(),
          .signal_handlers = SignalHandlers()};
}

bool KnowsItsProcess(const std::string& module_path) {
  std::ifstream in(module_path, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  const Result<module::ElfFile> elf = module::ReadElf(bytes.view(), module_path);
  if (!elf || elf->symbols.empty()) return true;
  const auto asked = std::to_array({"getpid", "gettid", "timer_create", "__register_atfork"});
  return std::ranges::any_of(asked, [&](const char* name) { return elf->Needs(name); });
}

}  // namespace modcert::run
