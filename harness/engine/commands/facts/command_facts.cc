// How a command is found by its name. The data itself is generated (generate.py).

#include "engine/commands/facts/command_facts.h"

#include <algorithm>

namespace modcert::engine {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Names in the data are lower case; what a client typed may not be.
bool LessIgnoringCase(std::string_view left, std::string_view right) {
  return std::ranges::lexicographical_compare(left, right, {}, Lower, Lower);
}

const CommandFacts* FindIn(std::span<const CommandFacts> commands, std::string_view name) {
  auto found = std::ranges::lower_bound(commands, name, LessIgnoringCase, &CommandFacts::name);
  if (found == commands.end() || LessIgnoringCase(name, found->name)) return nullptr;
  return &*found;
}

}  // namespace

const CommandFacts* FindCommandFacts(std::string_view name) {
  const size_t bar = name.find('|');
  const CommandFacts* command = FindIn(AllCommandFacts(), name.substr(0, bar));
  if (command == nullptr || bar == std::string_view::npos) return command;
  return FindIn(command->subcommands, name);
}

}  // namespace modcert::engine
