// What COMMAND shows of a module's command: the facts, and the texts that they refer to.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "abi/profile.h"
#include "engine/commands/facts/command_facts.h"
#include "redismodule_types.h"

namespace modcert::module {

// Owned by a RedisModuleCommand; does not move, because the facts point into it.
class CommandDescription {
 public:
  CommandDescription() = default;
  CommandDescription(const CommandDescription&) = delete;
  CommandDescription& operator=(const CommandDescription&) = delete;

  engine::CommandFacts facts;

  // The name; lives as long as the description.
  void SetName(std::string_view name) { facts.name = Keep(name); }
  // The three numbers of CreateCommand, as one range of keys with full access.
  void SetLegacyRange(int first_key, int last_key, int key_step);

  // What SetCommandInfo does; the value for errno when it fails. Everything is copied.
  int SetInfo(const RedisModuleCommandInfo& info, const abi::Profile& profile);

  // The functions of the first candidate of 7.0: a spec without positions, and its index; and the
  // spec, which DescribeRange must follow when it was changed.
  int AddKeySpec(uint64_t flags);
  engine::KeySpec* key_spec(int index);
  std::string_view Keep(std::string_view text);
  // First key, last key and step follow from the key specs; so does whether keys can be movable.
  void DescribeRange();

 private:
  bool HasInfo() const;
  void CopyHistory(const RedisModuleCommandInfo& info);
  void CopyTips(std::string_view tips);
  void CopyKeySpecs(const RedisModuleCommandInfo& info);
  std::span<const engine::ArgumentFacts> CopyArguments(const RedisModuleCommandInfo& info,
                                                       const RedisModuleCommandArg* first,
                                                       const abi::Profile& profile);
  std::string_view KeepOrEmpty(const char* text) { return text ? Keep(text) : std::string_view(); }

  std::deque<std::string> texts_;
  std::deque<std::vector<engine::ArgumentFacts>> arguments_;
  std::vector<engine::HistoryFacts> history_;
  std::vector<std::string_view> tips_;
  std::vector<engine::KeySpec> key_specs_;
  bool has_legacy_range_ = false;  // the only key spec is that of SetLegacyRange
};

}  // namespace modcert::module
