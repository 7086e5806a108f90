// Server configuration: what CONFIG GET and SET know, and typed members for what the engine reads.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/value/encoding_limits.h"

namespace modcert::engine {

// A parameter that a module keeps: its value goes to and fro as CONFIG GET shows it.
struct ModuleParameter {
  std::string name;        // "mod.name"
  std::string alias;       // another name for it; empty: none
  std::string short_name;  // without the module's: how an error of `apply` names it
  enum class Type { kText, kBool, kNumeric, kChoice } type = Type::kText;
  bool immutable = false;  // set while the module loads, and never again
  bool is_protected = false;
  bool hidden = false;  // no pattern finds it
  bool denied_while_loading = false;
  bool is_memory = false;  // a config file says it with a unit
  // As `get` would show it; nothing when there is none.
  std::optional<std::string> default_value;

  std::function<std::string()> get;
  enum class Outcome { kChanged, kUnchanged, kRefused };
  // `why` may stay empty when it is refused.
  std::function<Outcome(const std::string& value, std::string& why)> set;
  // Called once for all parameters of the same group that were changed together; not set: never.
  std::pair<const void*, const void*> apply_group;
  std::function<bool(std::string& why)> apply;
};

// Owned by Server. Every parameter of redis-server 7.0.15 is known and validated
// (config_parameters.h); those with a typed member here have an effect, the others only remember.
class Config {
 public:
  EncodingLimits encoding;
  uint32_t notify_keyspace_events = 0;  // EventClass bits
  int databases = 16;
  std::string requirepass;
  bool rdb_compression = true;
  int64_t proto_max_bulk_len = 512 * 1024 * 1024;
  int64_t maxmemory = 0;
  bool maxmemory_policy_is_lfu = false;
  int64_t lfu_log_factor = 10;
  int64_t lfu_decay_time = 1;  // minutes; 0: never
  int64_t acllog_max_len = 128;
  int64_t slowlog_log_slower_than = 10'000;  // us; -1: nothing
  int64_t slowlog_max_len = 128;
  int64_t latency_monitor_threshold = 0;  // ms; 0: off
  bool replica_read_only = true;
  bool replica_serve_stale_data = true;
  int64_t min_replicas_to_write = 0;
  int64_t min_replicas_max_lag = 10;
  // What is freed in the background when it is large: lazyfree-lazy-...
  struct LazyFree {
    bool user_del = false;
    bool server_del = false;
    bool expire = false;
    bool eviction = false;
  };
  LazyFree lazy_free;
  bool active_defrag = false;
  int64_t active_defrag_max_scan_fields = 1000;

  // Parameters of modules: `parameter` lives until it is removed. False when the name is taken.
  bool Add(ModuleParameter* parameter);
  void Remove(const ModuleParameter* parameter);
  // By name or alias, without regard to case; null when no module has such a one.
  ModuleParameter* FindModuleParameter(std::string_view name) const;
  bool Knows(std::string_view name) const;
  // What kind of value a parameter has; nothing when there is no such one.
  std::optional<ModuleParameter::Type> TypeOf(std::string_view name) const;
  // Whether a number of percent will do as well.
  static bool TakesPercent(std::string_view name);
  std::span<ModuleParameter* const> module_parameters() const { return module_parameters_; }
  // The built-in parameters that are not at their defaults, with their values.
  const std::map<std::string, std::string, std::less<>>& changed() const { return changed_; }
  // All names there are, in order.
  std::vector<std::string> Names() const;

  // Pairs of name and value whose names match one of the patterns, ordered by name.
  std::vector<std::pair<std::string, std::string>> Get(std::span<const std::string> patterns) const;
  // The value of one parameter by its exact name; it must exist.
  std::string Get(std::string_view name) const;
  // Sets all or none; the error is worded as CONFIG SET answers it, without the leading "ERR ".
  std::optional<std::string> Set(std::span<const std::pair<std::string, std::string>> parameters);
  // Sets one; what is wrong in the words of the parameter alone.
  std::optional<std::string> SetOne(const std::string& name, const std::string& value);
  // Shows a value that came about otherwise: REPLICAOF sets `replicaof`, which CONFIG SET refuses.
  void Note(std::string_view name, const std::string& value) { Apply(name, value); }
  // Hears of each parameter that was set, after all of them were.
  void SetListener(std::function<void(std::string_view name)> listener) {
    listener_ = std::move(listener);
  }

 private:
  using Pairs = std::span<const std::pair<std::string, std::string>>;
  // What is wrong with which parameter; `why` is empty when nobody says it.
  struct Problem {
    std::string name;
    std::string why;
    bool is_unknown = false;
  };
  // Parameters of modules that were changed, with the values that they had.
  using ModuleChanges = std::vector<std::pair<ModuleParameter*, std::string>>;
  std::optional<Problem> CheckName(const std::string& name) const;
  std::optional<Problem> CheckNames(Pairs parameters) const;
  std::optional<Problem> Change(Pairs parameters);
  static std::optional<Problem> ApplyGroups(const ModuleChanges& changes);
  std::vector<std::pair<std::string, std::string>> ApplyAll(Pairs accepted);
  void Apply(std::string_view name, const std::string& value);

  std::function<void(std::string_view name)> listener_;
  std::vector<ModuleParameter*> module_parameters_;          // in the order in which they came
  std::map<std::string, std::string, std::less<>> changed_;  // what is no longer at its default
};

}  // namespace modcert::engine
