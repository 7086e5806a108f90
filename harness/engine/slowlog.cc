#include "engine/slowlog.h"

#include <utility>

#include "fmt/format.h"

namespace modcert::engine {
namespace {

// What a real server keeps of a command: so many arguments, and so much of each.
constexpr size_t kArgsMax = 32;
constexpr size_t kArgBytesMax = 128;

void Shorten(std::vector<std::string>& args) {
  for (std::string& arg : args) {
    if (arg.size() <= kArgBytesMax) continue;
    const size_t left_out = arg.size() - kArgBytesMax;
    arg.resize(kArgBytesMax);
    arg += fmt::format("... ({} more bytes)", left_out);
  }
  if (args.size() <= kArgsMax) return;
  const size_t left_out = args.size() - kArgsMax + 1;
  args.resize(kArgsMax);
  args.back() = fmt::format("... ({} more arguments)", left_out);
}

}  // namespace

void SlowLog::Add(SlowLogEntry entry, int64_t max) {
  entry.id = next_id_++;
  Shorten(entry.args);
  entries_.push_front(std::move(entry));
  while (static_cast<int64_t>(entries_.size()) > max) entries_.pop_back();
}

}  // namespace modcert::engine
