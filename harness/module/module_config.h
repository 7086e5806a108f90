// Parameters of modules: RegisterBoolConfig and its like, and the values that they start with.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "abi/profile.h"
#include "engine/command.h"
#include "engine/config.h"
#include "redismodule_types.h"

namespace modcert::module {

class Host;
class Module;

// What is said of each kind of parameter. The callbacks are the module's.
struct BoolConfig {
  int default_value;
  RedisModuleConfigGetBoolFunc get;
  RedisModuleConfigSetBoolFunc set;
};
struct NumericConfig {
  long long default_value;
  long long min;
  long long max;
  bool is_memory;
  RedisModuleConfigGetNumericFunc get;
  RedisModuleConfigSetNumericFunc set;
};
struct UnsignedConfig {
  unsigned long long default_value;
  unsigned long long min;
  unsigned long long max;
  bool is_memory;
  ValkeyModuleConfigGetUnsignedNumericFunc get;
  ValkeyModuleConfigSetUnsignedNumericFunc set;
};
struct TextConfig {
  std::optional<std::string> default_value;
  RedisModuleConfigGetStringFunc get;
  RedisModuleConfigSetStringFunc set;
};
struct EnumConfig {
  int default_value;
  std::vector<std::pair<std::string, int>> values;
  bool is_bit_flags;
  RedisModuleConfigGetEnumFunc get;
  RedisModuleConfigSetEnumFunc set;
};
using ConfigKind = std::variant<BoolConfig, NumericConfig, UnsignedConfig, TextConfig, EnumConfig>;

// One parameter. Owned by its module; does not move.
class ModuleConfig {
 public:
  // `own_name` is what the callbacks get. `apply` may be null.
  ModuleConfig(Host& host, Module& module, ConfigKind kind, std::string own_name,
               RedisModuleConfigApplyFunc apply, void* private_data);
  ModuleConfig(const ModuleConfig&) = delete;
  ModuleConfig& operator=(const ModuleConfig&) = delete;

  engine::ModuleParameter& parameter() { return parameter_; }
  const std::string& own_name() const { return own_name_; }
  // Hands the default to the module; `why` as Set has it.
  bool SetDefault(std::string& why);

 private:
  using Outcome = engine::ModuleParameter::Outcome;
  std::string Get() const;
  Outcome Set(const std::string& value, std::string& why);
  Outcome SetKind(const BoolConfig& kind, const std::string& text, std::string& why);
  Outcome SetKind(const NumericConfig& kind, const std::string& text, std::string& why);
  Outcome SetKind(const UnsignedConfig& kind, const std::string& text, std::string& why);
  Outcome SetKind(const TextConfig& kind, const std::string& text, std::string& why);
  Outcome SetKind(const EnumConfig& kind, const std::string& text, std::string& why);
  // Calls the module's function with a value.
  template <typename Kind, typename T>
  Outcome Hand(const Kind& kind, T value, std::string& why);
  bool Apply(std::string& why);

  Host& host_;
  Module& module_;
  ConfigKind kind_;
  std::string own_name_;
  RedisModuleConfigApplyFunc apply_;
  void* private_data_;
  engine::ModuleParameter parameter_;
};

// Values for parameters that no module has registered yet: those of a config file, and of MODULE
// LOADEX. The last of several for one name counts. Owned by Host.
class ConfigQueue {
 public:
  void Add(const std::string& name, const std::string& value) { values_[name] = value; }
  // The value, which is no longer in the queue.
  std::optional<std::string> Take(std::string_view name);
  void Clear() { values_.clear(); }
  bool empty() const { return values_.empty(); }

 private:
  struct Less {
    bool operator()(std::string_view a, std::string_view b) const;
  };
  std::map<std::string, std::string, Less> values_;
};

// What Register...Config does: 0, or the value for errno.
struct NewConfig {
  std::string_view name;  // as the module says it
  unsigned int flags;
  RedisModuleConfigApplyFunc apply;
  void* private_data;
};
int RegisterConfig(Host& host, Module& module, const NewConfig& config, ConfigKind kind);

// Redis 7.0 registers and loads parameters when OnLoad is over, too; later servers refuse it.
bool ConfigsEndWithOnLoad(const abi::Profile& profile);

// What LoadConfigs and LoadDefaultConfigs do; false when a callback refused.
enum class ConfigSource { kQueueOrDefault, kDefaultOnly };
bool LoadConfigs(Host& host, Module& module, ConfigSource source);

}  // namespace modcert::module
