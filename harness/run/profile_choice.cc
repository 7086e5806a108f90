#include "run/profile_choice.h"

#include <algorithm>
#include <charconv>

#include "abi/profile.h"

namespace modcert::run {
namespace {

using abi::ServerKind;

// "redis-7.0", without the patch release: a spec speaks of lines.
struct Line {
  ServerKind kind = ServerKind::kRedis;
  int major = 0;
  int minor = 0;
};

Line LineOf(std::string_view name) {
  Line line;
  if (name.starts_with("valkey-")) line.kind = ServerKind::kValkey;
  const char* at = name.data() + std::min(name.find('-') + 1, name.size());
  const char* end = name.data() + name.size();
  at = std::from_chars(at, end, line.major).ptr;
  if (at < end) std::from_chars(at + 1, end, line.minor);
  return line;
}

// The Redis that a Valkey came from.
constexpr Line kOrigin = {ServerKind::kRedis, 7, 2};

}  // namespace

bool ProfileAllows(std::string_view wanted, std::string_view actual) {
  const size_t name_at = std::min(wanted.find_first_not_of("<>="), wanted.size());
  const std::string_view relation = wanted.substr(0, name_at);
  const Line limit = LineOf(wanted.substr(name_at));
  Line line = LineOf(actual);
  const bool is_equation = relation.empty() || relation == "=";
  if (line.kind != limit.kind) {
    if (is_equation || limit.kind == ServerKind::kValkey) return false;
    line = kOrigin;
  }
  const int difference = (line.major - limit.major) * 1000 + line.minor - limit.minor;
  if (relation == ">=") return difference >= 0;
  if (relation == ">") return difference > 0;
  if (relation == "<=") return difference <= 0;
  if (relation == "<") return difference < 0;
  return difference == 0;
}

std::string_view ProfileFor(std::string_view wanted) {
  const std::string_view usual = abi::DefaultProfile().name;
  if (wanted.empty() || ProfileAllows(wanted, usual)) return usual;
  // Profiles stand oldest first. What is for older servers runs on the newest of them.
  const bool is_for_older = wanted.starts_with('<');
  const ServerKind kind = LineOf(wanted.substr(wanted.find_first_not_of("<>="))).kind;
  std::string_view found;
  for (const abi::Profile& profile : abi::AllProfiles()) {
    if (profile.kind != kind || !ProfileAllows(wanted, profile.name)) continue;
    if (found.empty() || is_for_older) found = profile.name;
  }
  return found;
}

}  // namespace modcert::run
