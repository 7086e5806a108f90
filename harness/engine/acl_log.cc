#include "engine/acl_log.h"

#include <algorithm>
#include <utility>

namespace modcert::engine {
namespace {

// A real server looks this far back for an entry to count up.
constexpr int64_t kGroupingMs = 60'000;
constexpr std::ptrdiff_t kGroupingEntries = 10;

bool IsSame(const AclLogEntry& a, const AclLogEntry& b) {
  return a.reason == b.reason && a.context == b.context && a.object == b.object &&
         a.username == b.username && b.at_ms - a.at_ms <= kGroupingMs;
}

}  // namespace

void AclLog::Add(AclLogEntry entry, int64_t max) {
  const auto end =
      entries_.begin() + std::min(kGroupingEntries, static_cast<std::ptrdiff_t>(entries_.size()));
  const auto known = std::find_if(entries_.begin(), end,
                                  [&](const AclLogEntry& other) { return IsSame(other, entry); });
  if (known != end) {
    entry.count = known->count + 1;
    entries_.erase(known);
    entries_.push_front(std::move(entry));
    return;  // Nothing was added, so nothing is dropped, even when the maximum is lower by now.
  }
  entries_.push_front(std::move(entry));
  while (static_cast<int64_t>(entries_.size()) > max) entries_.pop_back();
}

}  // namespace modcert::engine
