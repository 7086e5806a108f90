// The command that a client asks about: COMMAND GETKEYS, ACL DRYRUN.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "engine/command.h"

namespace modcert::engine {

// One of the table, or one that a real server has and this one has not, of which the facts are
// known all the same. Not for running. Nothing when there is no such command or subcommand.
inline std::optional<Command> KnownCommand(const CommandTable& table,
                                           std::span<const std::string> args) {
  const bool has_word = args.size() > 1;
  if (const Command* known = table.Find(args)) {
    if (!known->subcommands.empty() && has_word) return std::nullopt;
    return Command{.name = known->name,
                   .facts = known->facts,
                   .run = nullptr,
                   .module = known->module,
                   .key_positions = known->key_positions,
                   .channel_positions = known->channel_positions};
  }
  if (args[0].find('|') != std::string::npos) return std::nullopt;
  const CommandFacts* facts = FindCommandFacts(args[0]);
  if (facts && !facts->subcommands.empty() && has_word)
    facts = FindCommandFacts(args[0] + "|" + args[1]);
  if (!facts) return std::nullopt;
  return Command{.name = std::string(facts->name), .facts = facts, .run = nullptr};
}

}  // namespace modcert::engine
