#include "engine/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "base/glob_match.h"
#include "base/parse_number.h"
#include "base/require.h"
#include "engine/command.h"
#include "engine/config_parameters.h"
#include "engine/notify.h"

namespace modcert::engine {
namespace {

using Kind = ConfigParameter::Kind;

// A value in the form in which it is kept, or what is wrong with it.
struct Normalized {
  std::string value;
  std::string problem;
};

Normalized Wrong(std::string problem) { return {{}, std::move(problem)}; }

bool SameWord(std::string_view a, std::string_view b) { return CommandNameEqual{}(a, b); }

Normalized NormalizeInteger(const ConfigParameter& row, const std::string& value) {
  const std::optional<int64_t> number = ParseInteger(value);
  if (!number) return Wrong("argument couldn't be parsed into an integer");
  if (*number < row.min || *number > row.max)
    return Wrong(fmt::format("argument must be between {} and {} inclusive", row.min, row.max));
  // hz takes any number and keeps it within what the cron can do.
  if (row.name == "hz") return {std::to_string(std::clamp<int64_t>(*number, 1, 500)), {}};
  return {value, {}};
}

Normalized NormalizeChoice(const ConfigParameter& row, const std::string& value) {
  std::string_view rest = row.choices;
  while (!rest.empty()) {
    const std::string_view choice = rest.substr(0, rest.find(", "));
    if (SameWord(choice, value)) return {std::string(choice), {}};
    rest.remove_prefix(std::min(rest.size(), choice.size() + 2));
  }
  return Wrong(fmt::format("argument(s) must be one of the following: {}", row.choices));
}

Normalized NormalizeSave(const std::string& value) {
  std::istringstream words(value);
  std::vector<std::string> parts;
  for (std::string word; words >> word;) parts.push_back(word);
  const bool numbers = std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
    return ParseInteger(part).value_or(-1) >= 0;
  });
  if (parts.size() % 2 != 0 || !numbers) return Wrong("Invalid save parameters");
  return {fmt::format("{}", fmt::join(parts, " ")), {}};
}

Normalized NormalizeText(const ConfigParameter& row, const std::string& value) {
  if (row.name == "save") return NormalizeSave(value);
  if (row.name != "notify-keyspace-events") return {value, {}};
  const int64_t mask = ParseEventClasses(value);
  if (mask < 0) return Wrong("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
  return {value, {}};
}

Normalized Normalize(const ConfigParameter& row, const std::string& value) {
  switch (row.kind) {
    case Kind::kText:
      return NormalizeText(row, value);
    case Kind::kBool:
      if (SameWord(value, "yes") || SameWord(value, "no"))
        return {SameWord(value, "yes") ? "yes" : "no", {}};
      return Wrong("argument must be 'yes' or 'no'");
    case Kind::kInteger:
      return NormalizeInteger(row, value);
    case Kind::kMemory:
      if (const auto bytes = ParseMemory(value)) return {std::to_string(*bytes), {}};
      return Wrong("argument must be a memory value");
    case Kind::kMemoryOrPercent:
      if (const auto bytes = ParseMemory(value)) return {std::to_string(*bytes), {}};
      if (value.ends_with('%') && ParseInteger(value.substr(0, value.size() - 1)).value_or(-1) >= 0)
        return {value, {}};
      return Wrong("argument must be a memory or percent value");
    case Kind::kChoice:
      return NormalizeChoice(row, value);
    case Kind::kImmutable:
      return Wrong("can't set immutable config");
    case Kind::kProtected:
      return Wrong("can't set protected config");
  }
  return Wrong("unknown kind");
}

std::string_view HeldBy(const ConfigParameter& row) {
  return row.alias_of.empty() ? row.name : row.alias_of;
}

// The rows of parameters that cannot be set do not say what they are, but their defaults do.
ModuleParameter::Type TypeOfRow(const ConfigParameter& row) {
  using Type = ModuleParameter::Type;
  constexpr std::string_view kFixedChoices[] = {"enable-debug-command", "enable-module-command",
                                                "enable-protected-configs", "supervised",
                                                "syslog-facility"};
  switch (row.kind) {
    case Kind::kText:
      return Type::kText;
    case Kind::kBool:
      return Type::kBool;
    case Kind::kInteger:
    case Kind::kMemory:
    case Kind::kMemoryOrPercent:
      return Type::kNumeric;
    case Kind::kChoice:
      return Type::kChoice;
    case Kind::kImmutable:
    case Kind::kProtected:
      break;
  }
  if (std::find(std::begin(kFixedChoices), std::end(kFixedChoices), row.name) !=
      std::end(kFixedChoices))
    return Type::kChoice;
  if (row.default_value == "yes" || row.default_value == "no") return Type::kBool;
  return ParseInteger(row.default_value) ? Type::kNumeric : Type::kText;
}

int64_t ToInteger(const std::string& value) { return ParseInteger(value).value_or(0); }

// The parameters with a typed member. Values are normalized already.
struct Effect {
  std::string_view name;
  void (*apply)(Config& config, const std::string& value);
};

constexpr Effect kEffects[] = {
    {"acllog-max-len", [](Config& c, const std::string& v) { c.acllog_max_len = ToInteger(v); }},
    {"hash-max-listpack-entries",
     [](Config& c, const std::string& v) { c.encoding.hash_max_listpack_entries = ToInteger(v); }},
    {"hash-max-listpack-value",
     [](Config& c, const std::string& v) { c.encoding.hash_max_listpack_value = ToInteger(v); }},
    {"list-max-listpack-size",
     [](Config& c, const std::string& v) { c.encoding.list_max_listpack_size = ToInteger(v); }},
    {"set-max-intset-entries",
     [](Config& c, const std::string& v) { c.encoding.set_max_intset_entries = ToInteger(v); }},
    {"zset-max-listpack-entries",
     [](Config& c, const std::string& v) { c.encoding.zset_max_listpack_entries = ToInteger(v); }},
    {"zset-max-listpack-value",
     [](Config& c, const std::string& v) { c.encoding.zset_max_listpack_value = ToInteger(v); }},
    {"stream-node-max-bytes",
     [](Config& c, const std::string& v) { c.encoding.stream_node_max_bytes = ToInteger(v); }},
    {"stream-node-max-entries",
     [](Config& c, const std::string& v) { c.encoding.stream_node_max_entries = ToInteger(v); }},
    {"lfu-decay-time", [](Config& c, const std::string& v) { c.lfu_decay_time = ToInteger(v); }},
    {"lfu-log-factor", [](Config& c, const std::string& v) { c.lfu_log_factor = ToInteger(v); }},
    {"maxmemory", [](Config& c, const std::string& v) { c.maxmemory = ToInteger(v); }},
    {"maxmemory-policy",
     [](Config& c, const std::string& v) { c.maxmemory_policy_is_lfu = v.ends_with("lfu"); }},
    {"min-replicas-max-lag",
     [](Config& c, const std::string& v) { c.min_replicas_max_lag = ToInteger(v); }},
    {"min-replicas-to-write",
     [](Config& c, const std::string& v) { c.min_replicas_to_write = ToInteger(v); }},
    {"notify-keyspace-events",
     [](Config& c, const std::string& v) {
       c.notify_keyspace_events = static_cast<uint32_t>(ParseEventClasses(v));
     }},
    {"proto-max-bulk-len",
     [](Config& c, const std::string& v) { c.proto_max_bulk_len = ToInteger(v); }},
    {"activedefrag", [](Config& c, const std::string& v) { c.active_defrag = v == "yes"; }},
    {"active-defrag-max-scan-fields",
     [](Config& c, const std::string& v) { c.active_defrag_max_scan_fields = ToInteger(v); }},
    {"lazyfree-lazy-eviction",
     [](Config& c, const std::string& v) { c.lazy_free.eviction = v == "yes"; }},
    {"lazyfree-lazy-expire",
     [](Config& c, const std::string& v) { c.lazy_free.expire = v == "yes"; }},
    {"lazyfree-lazy-server-del",
     [](Config& c, const std::string& v) { c.lazy_free.server_del = v == "yes"; }},
    {"lazyfree-lazy-user-del",
     [](Config& c, const std::string& v) { c.lazy_free.user_del = v == "yes"; }},
    {"rdbcompression", [](Config& c, const std::string& v) { c.rdb_compression = v == "yes"; }},
    {"latency-monitor-threshold",
     [](Config& c, const std::string& v) { c.latency_monitor_threshold = ToInteger(v); }},
    {"slowlog-log-slower-than",
     [](Config& c, const std::string& v) { c.slowlog_log_slower_than = ToInteger(v); }},
    {"slowlog-max-len", [](Config& c, const std::string& v) { c.slowlog_max_len = ToInteger(v); }},
    {"replica-read-only",
     [](Config& c, const std::string& v) { c.replica_read_only = v == "yes"; }},
    {"replica-serve-stale-data",
     [](Config& c, const std::string& v) { c.replica_serve_stale_data = v == "yes"; }},
    {"requirepass", [](Config& c, const std::string& v) { c.requirepass = v; }},
};

}  // namespace

std::vector<std::pair<std::string, std::string>> Config::Get(
    std::span<const std::string> patterns) const {
  constexpr std::string_view kWildcards = "[*?";
  std::vector<std::pair<std::string, std::string>> found;
  const auto is_found = [&](std::string_view name) {
    return std::any_of(found.begin(), found.end(),
                       [&](const auto& pair) { return SameWord(pair.first, name); });
  };
  // A name without a wildcard comes back as it was written.
  for (const std::string& name : patterns)
    if (name.find_first_of(kWildcards) == std::string::npos && Knows(name) && !is_found(name))
      found.emplace_back(name, Get(name));
  for (const std::string& name : Names()) {
    const ModuleParameter* of_module = FindModuleParameter(name);
    if (of_module && of_module->hidden) continue;
    const bool wanted = std::any_of(patterns.begin(), patterns.end(), [&](const std::string& p) {
      return p.find_first_of(kWildcards) != std::string::npos &&
             GlobMatch(p, name, GlobCase::kInsensitive);
    });
    if (wanted && !is_found(name)) found.emplace_back(name, Get(name));
  }
  return found;
}

bool Config::Knows(std::string_view name) const {
  return FindConfigParameter(name) || FindModuleParameter(name);
}

bool Config::Add(ModuleParameter* parameter) {
  if (Knows(parameter->name)) return false;
  if (!parameter->alias.empty() && Knows(parameter->alias)) return false;
  module_parameters_.push_back(parameter);
  return true;
}

void Config::Remove(const ModuleParameter* parameter) { std::erase(module_parameters_, parameter); }

ModuleParameter* Config::FindModuleParameter(std::string_view name) const {
  for (ModuleParameter* parameter : module_parameters_)
    if (SameWord(parameter->name, name) ||
        (!parameter->alias.empty() && SameWord(parameter->alias, name)))
      return parameter;
  return nullptr;
}

std::optional<ModuleParameter::Type> Config::TypeOf(std::string_view name) const {
  if (const ModuleParameter* of_module = FindModuleParameter(name)) return of_module->type;
  const ConfigParameter* row = FindConfigParameter(name);
  if (!row) return std::nullopt;
  return TypeOfRow(*FindConfigParameter(HeldBy(*row)));
}

bool Config::TakesPercent(std::string_view name) {
  const ConfigParameter* row = FindConfigParameter(name);
  return row && FindConfigParameter(HeldBy(*row))->kind == Kind::kMemoryOrPercent;
}

std::vector<std::string> Config::Names() const {
  std::vector<std::string> names;
  for (const ConfigParameter& row : AllConfigParameters()) names.emplace_back(row.name);
  for (const ModuleParameter* parameter : module_parameters_) {
    names.push_back(parameter->name);
    if (!parameter->alias.empty()) names.push_back(parameter->alias);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string Config::Get(std::string_view name) const {
  if (const ModuleParameter* of_module = FindModuleParameter(name)) return of_module->get();
  const ConfigParameter* row = FindConfigParameter(name);
  Require(row != nullptr, "a parameter that does not exist");
  const std::string_view holder = HeldBy(*row);
  // Shown by its bits rather than as it was written, and not every bit shows.
  if (holder == "notify-keyspace-events") return EventClassLetters(notify_keyspace_events);
  if (const auto it = changed_.find(holder); it != changed_.end()) return it->second;
  return std::string(FindConfigParameter(holder)->default_value);
}

std::optional<std::string> Config::Set(Pairs parameters) {
  const std::optional<Problem> problem = Change(parameters);
  if (!problem) return std::nullopt;
  if (problem->is_unknown)
    return fmt::format("Unknown option or number of arguments for CONFIG SET - '{}'",
                       problem->name);
  return fmt::format("CONFIG SET failed (possibly related to argument '{}'){}{}", problem->name,
                     problem->why.empty() ? "" : " - ", problem->why);
}

std::optional<std::string> Config::SetOne(const std::string& name, const std::string& value) {
  const std::pair<std::string, std::string> pair(name, value);
  std::optional<Problem> problem = Change({&pair, 1});
  if (!problem) return std::nullopt;
  return std::move(problem->why);
}

std::optional<Config::Problem> Config::CheckName(const std::string& name) const {
  if (const ModuleParameter* of_module = FindModuleParameter(name)) {
    if (of_module->immutable) return Problem{name, "can't set immutable config"};
    if (of_module->is_protected) return Problem{name, "can't set protected config"};
    return std::nullopt;
  }
  const ConfigParameter* row = FindConfigParameter(name);
  if (!row) return Problem{name, "unknown parameter", true};
  row = FindConfigParameter(HeldBy(*row));
  if (row->kind == Kind::kImmutable || row->kind == Kind::kProtected)
    return Problem{name, Normalize(*row, "").problem};
  return std::nullopt;
}

std::optional<Config::Problem> Config::CheckNames(Pairs parameters) const {
  std::set<std::string_view> seen;
  for (const auto& [name, value] : parameters) {
    if (auto problem = CheckName(name)) return problem;
    const ModuleParameter* of_module = FindModuleParameter(name);
    const std::string_view known =
        of_module ? std::string_view(of_module->name) : FindConfigParameter(name)->name;
    if (!seen.insert(known).second) return Problem{name, "duplicate parameter"};
  }
  return std::nullopt;
}

std::optional<Config::Problem> Config::Change(Pairs parameters) {
  // A real server looks at all names before it looks at any value.
  if (auto problem = CheckNames(parameters)) return problem;
  std::vector<std::pair<std::string, std::string>> accepted;
  ModuleChanges changes;
  // config.failed-set-restores: what modules have changed by then gets its value back.
  const auto restore = [&](Problem problem) {
    std::string ignored;
    for (const auto& [parameter, before] : changes) parameter->set(before, ignored);
    return problem;
  };
  for (const auto& [name, value] : parameters) {
    if (ModuleParameter* of_module = FindModuleParameter(name)) {
      std::string before = of_module->get();
      std::string why;
      const auto outcome = of_module->set(value, why);
      if (outcome == ModuleParameter::Outcome::kRefused) return restore({of_module->name, why});
      if (outcome == ModuleParameter::Outcome::kChanged)
        changes.emplace_back(of_module, std::move(before));
      continue;
    }
    const ConfigParameter* named = FindConfigParameter(name);
    const ConfigParameter* row = FindConfigParameter(HeldBy(*named));
    Normalized normalized = Normalize(*row, value);
    if (!normalized.problem.empty()) return restore({std::string(named->name), normalized.problem});
    accepted.emplace_back(row->name, std::move(normalized.value));
  }
  const auto before = ApplyAll(accepted);
  std::optional<Problem> problem = ApplyGroups(changes);
  if (!problem) {
    if (listener_)
      for (const auto& [parameter, old] : changes) listener_(parameter->name);
    return std::nullopt;
  }
  ApplyAll(before);
  restore({});
  ApplyGroups(changes);
  return problem;
}

// Sets them and tells the listener of each; the values that they had.
std::vector<std::pair<std::string, std::string>> Config::ApplyAll(Pairs accepted) {
  std::vector<std::pair<std::string, std::string>> before;
  for (const auto& [name, value] : accepted) {
    before.emplace_back(name, Get(name));
    Apply(name, value);
  }
  if (listener_)
    for (const auto& [name, value] : accepted) listener_(name);
  return before;
}

// config.apply-once: parameters that share a function and its data are applied together.
std::optional<Config::Problem> Config::ApplyGroups(const ModuleChanges& changes) {
  std::set<std::pair<const void*, const void*>> applied;
  for (const auto& [parameter, before] : changes) {
    std::string why;
    if (!parameter->apply || !applied.insert(parameter->apply_group).second) continue;
    if (!parameter->apply(why)) return Problem{parameter->short_name, why};
  }
  return std::nullopt;
}

void Config::Apply(std::string_view name, const std::string& value) {
  changed_[std::string(name)] = value;
  for (const Effect& effect : kEffects)
    if (effect.name == name) effect.apply(*this, value);
}

}  // namespace modcert::engine
