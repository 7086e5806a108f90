// A command: what is known about it (facts), and the function that runs it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/commands/facts/command_facts.h"
#include "engine/reply.h"

namespace modcert::engine {

class CommandCall;

// A row of a command table: the facts come from the data by name ("config|set" for a subcommand).
struct CommandRow {
  std::string_view name;
  Reply (*run)(CommandCall& call);
  std::string_view partial = {};  // what is missing, for the coverage page; empty when complete
};

// Where a key stands in the arguments of a call, with the KeyFlag bits of the key spec that found
// it.
struct KeyPosition {
  int position;
  uint64_t flags;
};

// Where a channel stands that a user needs permission for.
struct ChannelPosition {
  int position;
  bool is_pattern;
};

// One command as the dispatcher sees it, built in or a module's. Lives as long as its table.
struct Command {
  std::string name;           // lower case; "config|set" for a subcommand
  const CommandFacts* facts;  // built in: static data; a module's: owned by whoever registered it
  std::function<Reply(CommandCall&)> run;
  std::string module = {};  // the name of the module that registered it; empty for a built-in one
  std::vector<std::unique_ptr<Command>> subcommands;  // ordered by name
  std::string_view partial = {};
  // Positions that a module's command computes (getkeys-api, getchannels-api); empty otherwise.
  std::function<std::vector<KeyPosition>(std::span<const std::string> args)> key_positions = {};
  std::function<std::vector<ChannelPosition>(std::span<const std::string> args)> channel_positions =
      {};
  // For connections between servers only (Redis 8.0): to all others, there is no such command.
  bool is_internal = false;

  bool Has(uint64_t flags) const { return facts && (facts->flags & flags) != 0; }
  // By its arity; the name is one of the arguments.
  bool TakesArguments(size_t count) const {
    const auto argc = static_cast<int>(count);
    return facts->arity >= 0 ? argc == facts->arity : argc >= -facts->arity;
  }
};

// Command names compare without regard to case, everywhere.
struct CommandNameHash {
  using is_transparent = void;
  size_t operator()(std::string_view name) const;
};
struct CommandNameEqual {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const;
};
using CommandMap =
    std::unordered_map<std::string, std::unique_ptr<Command>, CommandNameHash, CommandNameEqual>;

// Owned by Server: the built-in commands, shared and immutable, and the modules' on top.
class CommandTable {
 public:
  CommandTable();

  // The command, or the subcommand that `args` name; null when unknown. A container with an unknown
  // subcommand gives the container.
  const Command* Find(std::span<const std::string> args) const;
  // By full name: "get", "config|set".
  const Command* FindByName(std::string_view name) const;
  // Adds a module's command; false when the name is taken.
  bool Add(std::unique_ptr<Command> command);
  bool Remove(std::string_view name);
  std::vector<const Command*> All() const;  // ordered by name; subcommands are inside containers

 private:
  const CommandMap& built_in_;
  CommandMap added_;
};

// The keys of a call, by the key specs of the command's facts or its key_positions function.
// Nothing when the arguments do not fit the specs (a number of keys that is no number, say).
std::optional<std::vector<KeyPosition>> KeyPositions(const Command& command,
                                                     std::span<const std::string> args);

}  // namespace modcert::engine
