// The parameters of redis.conf as data: names, defaults and what values they take.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace modcert::engine {

// One parameter, as redis-server 7.0.15 answers for it without a config file.
struct ConfigParameter {
  // kImmutable and kProtected refuse CONFIG SET; kMemory reads "1gb"; kChoice one of `choices`.
  enum class Kind {
    kText,
    kBool,
    kInteger,
    kMemory,
    kMemoryOrPercent,
    kChoice,
    kImmutable,
    kProtected
  };

  std::string_view name;
  std::string_view default_value = {};
  Kind kind = Kind::kText;
  int64_t min = 0;  // kInteger, both inclusive
  int64_t max = 0;
  std::string_view choices = {};   // "no, yes, clients"
  std::string_view alias_of = {};  // the name that holds the value; the rest is then empty
};

// Ordered by name. Names compare without regard to case; null when unknown.
std::span<const ConfigParameter> AllConfigParameters();
const ConfigParameter* FindConfigParameter(std::string_view name);

// "1gb", "100mb", "1k", "12": digits and a unit.
std::optional<int64_t> ParseMemory(std::string_view text);

}  // namespace modcert::engine
