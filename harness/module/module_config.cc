#include "module/module_config.h"

#include <algorithm>
#include <cctype>
#include <cerrno>

#include "base/parse_number.h"
#include "base/split_args.h"
#include "engine/config_parameters.h"
#include "fmt/format.h"
#include "module/host.h"

namespace modcert::module {
namespace {

using Type = engine::ModuleParameter::Type;

bool SameWord(std::string_view a, std::string_view b) { return engine::CommandNameEqual{}(a, b); }

Type TypeOf(const ConfigKind& kind) {
  if (std::holds_alternative<BoolConfig>(kind)) return Type::kBool;
  if (std::holds_alternative<TextConfig>(kind)) return Type::kText;
  if (std::holds_alternative<EnumConfig>(kind)) return Type::kChoice;
  return Type::kNumeric;
}

// The words for a value: the one that means all of it, or those that make it up, the first first.
std::string WordsFor(const EnumConfig& kind, int value) {
  std::string words;
  int left = value;
  for (const auto& [word, bits] : kind.values) {
    if (bits == value) return word;
    if (!kind.is_bit_flags || bits == 0 || (left & bits) != bits) continue;
    words += (words.empty() ? "" : " ") + word;
    left &= ~bits;
  }
  return words.empty() || left != 0 ? "unknown" : words;
}

std::string AllWords(const EnumConfig& kind) {
  std::string words;
  for (const auto& [word, value] : kind.values) words += (words.empty() ? "" : ", ") + word;
  return words;
}

// The value that the words stand for; nothing when one of them is unknown.
std::optional<int> ValueOf(const EnumConfig& kind, const std::string& text) {
  const auto words = SplitArgs(text);
  if (!words || words->empty() || (words->size() > 1 && !kind.is_bit_flags)) return std::nullopt;
  int value = 0;
  for (const std::string& word : *words) {
    const auto known =
        std::find_if(kind.values.begin(), kind.values.end(),
                     [&](const auto& candidate) { return SameWord(candidate.first, word); });
    if (known == kind.values.end()) return std::nullopt;
    value |= known->second;
  }
  return value;
}

std::optional<uint64_t> ParseUnsigned(const std::string& text) {
  if (text.empty() || text.size() > 20) return std::nullopt;
  uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    if (__builtin_mul_overflow(value, 10U, &value) ||
        __builtin_add_overflow(value, static_cast<uint64_t>(c - '0'), &value))
      return std::nullopt;
  }
  return value;
}

// Either the number that a text means, within its bounds, or why it means none.
template <typename Number, typename Kind>
std::optional<Number> ParseNumber(const Kind& kind, const std::string& text,
                                  const std::optional<Number>& plain, std::string& why) {
  std::optional<Number> number = plain;
  if (kind.is_memory) {
    const auto bytes = engine::ParseMemory(text);
    if (!bytes) {
      why = "argument must be a memory value";
      return std::nullopt;
    }
    number = static_cast<Number>(*bytes);
  } else if (!number) {
    why = "argument couldn't be parsed into an integer";
    return std::nullopt;
  }
  if (*number >= static_cast<Number>(kind.min) && *number <= static_cast<Number>(kind.max))
    return number;
  why = fmt::format("argument must be between {} and {} inclusive", kind.min, kind.max);
  return std::nullopt;
}

bool IsMemory(const ConfigKind& kind) {
  if (const auto* number = std::get_if<NumericConfig>(&kind)) return number->is_memory;
  if (const auto* number = std::get_if<UnsignedConfig>(&kind)) return number->is_memory;
  return false;
}

std::optional<std::string> DefaultText(const ConfigKind& kind) {
  if (const auto* yes_no = std::get_if<BoolConfig>(&kind))
    return yes_no->default_value != 0 ? "yes" : "no";
  if (const auto* number = std::get_if<NumericConfig>(&kind))
    return std::to_string(number->default_value);
  if (const auto* number = std::get_if<UnsignedConfig>(&kind))
    return std::to_string(number->default_value);
  if (const auto* words = std::get_if<EnumConfig>(&kind))
    return WordsFor(*words, words->default_value);
  return std::get<TextConfig>(kind).default_value;
}

// What get answers, which is the module's own.
std::string TextOfString(const RedisModuleString* string) { return string ? string->bytes : ""; }

// --- what a registration may say

// A name that begins with no module's, and may have an alias (8.0).
bool KnowsUnprefixed(const abi::Profile& profile) { return abi::AtLeast(profile, {8, 0, 0}); }

bool FlagsFit(const ConfigKind& kind, unsigned int flags, const abi::Profile& profile) {
  unsigned int allowed = REDISMODULE_CONFIG_IMMUTABLE | REDISMODULE_CONFIG_SENSITIVE |
                         REDISMODULE_CONFIG_HIDDEN | REDISMODULE_CONFIG_PROTECTED |
                         REDISMODULE_CONFIG_DENY_LOADING;
  // config.memory-flag-of-strings: servers accept it there too, and it does nothing.
  if (TypeOf(kind) == Type::kNumeric || TypeOf(kind) == Type::kText)
    allowed |= REDISMODULE_CONFIG_MEMORY;
  if (TypeOf(kind) == Type::kChoice) allowed |= REDISMODULE_CONFIG_BITFLAGS;
  if (KnowsUnprefixed(profile)) allowed |= REDISMODULE_CONFIG_UNPREFIXED;
  if (std::holds_alternative<UnsignedConfig>(kind)) allowed |= VALKEYMODULE_CONFIG_UNSIGNED;
  return (flags & ~allowed) == 0;
}

bool IsWord(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
}

// One word, or two with a dot between them.
bool IsDottedName(std::string_view name) {
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos) return IsWord(name);
  return IsWord(name.substr(0, dot)) && IsWord(name.substr(dot + 1));
}

// The names of a parameter.
struct Names {
  std::string full;
  std::string alias;
  std::string own;
};

std::optional<Names> ReadNames(const Module& module, const NewConfig& config) {
  const std::string_view name = config.name;
  if ((config.flags & REDISMODULE_CONFIG_UNPREFIXED) == 0) {
    if (!IsWord(name)) return std::nullopt;
    return Names{fmt::format("{}.{}", module.name, name), "", std::string(name)};
  }
  const size_t bar = name.find('|');
  const std::string_view full = name.substr(0, bar);
  const std::string_view alias = bar == name.npos ? std::string_view() : name.substr(bar + 1);
  if (!IsDottedName(full) || (bar != name.npos && !IsDottedName(alias))) return std::nullopt;
  return Names{std::string(full), std::string(alias), std::string(full)};
}

}  // namespace

ModuleConfig::ModuleConfig(Host& host, Module& module, ConfigKind kind, std::string own_name,
                           RedisModuleConfigApplyFunc apply, void* private_data)
    : host_(host),
      module_(module),
      kind_(std::move(kind)),
      own_name_(std::move(own_name)),
      apply_(apply),
      private_data_(private_data) {
  parameter_.type = TypeOf(kind_);
  parameter_.short_name = own_name_;
  parameter_.get = [this] { return Get(); };
  parameter_.set = [this](const std::string& value, std::string& why) { return Set(value, why); };
  parameter_.is_memory = IsMemory(kind_);
  parameter_.default_value = DefaultText(kind_);
  parameter_.apply_group = {reinterpret_cast<const void*>(apply_), private_data_};
  if (apply_) parameter_.apply = [this](std::string& why) { return Apply(why); };
}

std::string ModuleConfig::Get() const {
  const ModuleScope scope(host_, &module_);
  const char* name = own_name_.c_str();
  if (const auto* kind = std::get_if<BoolConfig>(&kind_))
    return kind->get(name, private_data_) != 0 ? "yes" : "no";
  if (const auto* kind = std::get_if<NumericConfig>(&kind_))
    return std::to_string(kind->get(name, private_data_));
  if (const auto* kind = std::get_if<UnsignedConfig>(&kind_))
    return std::to_string(kind->get(name, private_data_));
  if (const auto* kind = std::get_if<EnumConfig>(&kind_))
    return WordsFor(*kind, kind->get(name, private_data_));
  return TextOfString(std::get<TextConfig>(kind_).get(name, private_data_));
}

// The error text of a callback is the host's from here on.
template <typename Kind, typename T>
ModuleConfig::Outcome ModuleConfig::Hand(const Kind& kind, T value, std::string& why) {
  RedisModuleString* error = nullptr;
  int result;
  {
    const ModuleScope scope(host_, &module_);
    result = kind.set(own_name_.c_str(), value, private_data_, &error);
  }
  if (error) {
    why = error->bytes;
    host_.ReleaseString(error);
  }
  return result == REDISMODULE_OK ? Outcome::kChanged : Outcome::kRefused;
}

// config.equal-value-is-not-set: a value that is there already is not handed over again.
ModuleConfig::Outcome ModuleConfig::Set(const std::string& value, std::string& why) {
  return std::visit([&](const auto& kind) { return SetKind(kind, value, why); }, kind_);
}

ModuleConfig::Outcome ModuleConfig::SetKind(const BoolConfig& kind, const std::string& text,
                                            std::string& why) {
  if (!SameWord(text, "yes") && !SameWord(text, "no")) {
    why = "argument must be 'yes' or 'no'";
    return Outcome::kRefused;
  }
  const int value = SameWord(text, "yes") ? 1 : 0;
  if (Get() == (value ? "yes" : "no")) return Outcome::kUnchanged;
  return Hand(kind, value, why);
}

ModuleConfig::Outcome ModuleConfig::SetKind(const NumericConfig& kind, const std::string& text,
                                            std::string& why) {
  const std::optional<int64_t> plain = ParseInteger(text);
  const auto number = ParseNumber<int64_t>(kind, text, plain, why);
  if (!number) return Outcome::kRefused;
  if (Get() == std::to_string(*number)) return Outcome::kUnchanged;
  return Hand(kind, static_cast<long long>(*number), why);
}

ModuleConfig::Outcome ModuleConfig::SetKind(const UnsignedConfig& kind, const std::string& text,
                                            std::string& why) {
  const auto number = ParseNumber<uint64_t>(kind, text, ParseUnsigned(text), why);
  if (!number) return Outcome::kRefused;
  if (Get() == std::to_string(*number)) return Outcome::kUnchanged;
  return Hand(kind, static_cast<unsigned long long>(*number), why);
}

ModuleConfig::Outcome ModuleConfig::SetKind(const TextConfig& kind, const std::string& text,
                                            std::string& why) {
  if (Get() == text) return Outcome::kUnchanged;
  RedisModuleString* value = host_.NewString(nullptr, text);
  const Outcome outcome = Hand(kind, value, why);
  host_.ReleaseString(value);
  return outcome;
}

ModuleConfig::Outcome ModuleConfig::SetKind(const EnumConfig& kind, const std::string& text,
                                            std::string& why) {
  const std::optional<int> value = ValueOf(kind, text);
  if (!value) {
    why = fmt::format("argument(s) must be one of the following: {}", AllWords(kind));
    return Outcome::kRefused;
  }
  if (Get() == WordsFor(kind, *value)) return Outcome::kUnchanged;
  return Hand(kind, *value, why);
}

bool ModuleConfig::SetDefault(std::string& why) {
  const auto* text = std::get_if<TextConfig>(&kind_);
  if (text && !text->default_value) {
    // A real server follows a null pointer here.
    why = "it has no default";
    return false;
  }
  if (text) {
    RedisModuleString* value = host_.NewString(nullptr, *text->default_value);
    const Outcome outcome = Hand(*text, value, why);
    host_.ReleaseString(value);
    return outcome != Outcome::kRefused;
  }
  return std::visit(
      [&](const auto& kind) {
        if constexpr (std::is_same_v<std::decay_t<decltype(kind)>, TextConfig>)
          return false;
        else
          return Hand(kind, kind.default_value, why) != Outcome::kRefused;
      },
      kind_);
}

bool ModuleConfig::Apply(std::string& why) {
  RedisModuleString* error = nullptr;
  RedisModuleCtx* ctx = host_.NewContext(&module_, ContextKind::kConfigApply, nullptr);
  int result;
  {
    const ModuleScope scope(host_, &module_);
    result = apply_(ctx, private_data_, &error);
    host_.EndContext(ctx);
  }
  if (error) {
    why = error->bytes;
    host_.ReleaseString(error);
  }
  return result == REDISMODULE_OK;
}

bool ConfigQueue::Less::operator()(std::string_view a, std::string_view b) const {
  return std::lexicographical_compare(
      a.begin(), a.end(), b.begin(), b.end(),
      [](unsigned char x, unsigned char y) { return std::tolower(x) < std::tolower(y); });
}

std::optional<std::string> ConfigQueue::Take(std::string_view name) {
  const auto it = values_.find(std::string(name));
  if (it == values_.end()) return std::nullopt;
  std::string value = std::move(it->second);
  values_.erase(it);
  return value;
}

int RegisterConfig(Host& host, Module& module, const NewConfig& config, ConfigKind kind) {
  // config.on-load-only
  if (!module.in_on_load && ConfigsEndWithOnLoad(host.api.profile())) return EBUSY;
  if (!FlagsFit(kind, config.flags, host.api.profile())) return EINVAL;
  // Where the bit means something else, it is not looked at as this one.
  NewConfig named = config;
  if (!KnowsUnprefixed(host.api.profile())) named.flags &= ~REDISMODULE_CONFIG_UNPREFIXED;
  const std::optional<Names> names = ReadNames(module, named);
  if (!names) return EINVAL;
  auto added = std::make_unique<ModuleConfig>(host, module, std::move(kind), names->own,
                                              config.apply, config.private_data);
  engine::ModuleParameter& parameter = added->parameter();
  parameter.name = names->full;
  parameter.alias = names->alias;
  parameter.immutable = (config.flags & REDISMODULE_CONFIG_IMMUTABLE) != 0;
  parameter.is_protected = (config.flags & REDISMODULE_CONFIG_PROTECTED) != 0;
  parameter.hidden = (config.flags & REDISMODULE_CONFIG_HIDDEN) != 0;
  parameter.denied_while_loading = (config.flags & REDISMODULE_CONFIG_DENY_LOADING) != 0;
  if (!host.server.config.Add(&parameter)) return EALREADY;
  module.configs.push_back(std::move(added));
  return 0;
}

namespace {

// The value that waits for a parameter, under whichever of its names.
std::optional<std::string> TakeQueued(Host& host, const engine::ModuleParameter& parameter) {
  if (auto value = host.config_queue.Take(parameter.name)) return value;
  if (parameter.alias.empty()) return std::nullopt;
  return host.config_queue.Take(parameter.alias);
}

bool LoadOne(Host& host, const Module& module, ModuleConfig& config, ConfigSource source,
             std::string& why) {
  if (source == ConfigSource::kQueueOrDefault) {
    if (const auto value = TakeQueued(host, config.parameter()))
      return config.parameter().set(*value, why) != engine::ModuleParameter::Outcome::kRefused;
    if (module.default_configs_loaded) return true;
  }
  return config.SetDefault(why);
}

}  // namespace

bool ConfigsEndWithOnLoad(const abi::Profile& profile) { return abi::AtLeast(profile, {7, 2, 0}); }

bool LoadConfigs(Host& host, Module& module, ConfigSource source) {
  for (const auto& config : module.configs) {
    std::string why;
    if (LoadOne(host, module, *config, source, why)) continue;
    module.refusals.push_back(fmt::format("config '{}': {}", config->parameter().name, why));
    return false;
  }
  return true;
}

}  // namespace modcert::module
