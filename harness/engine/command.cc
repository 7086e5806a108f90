#include "engine/command.h"

#include <algorithm>

#include "base/parse_number.h"
#include "base/require.h"
#include "engine/command_call.h"
#include "engine/commands/tables.h"

namespace modcert::engine {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool NamesEqual(std::string_view a, std::string_view b) { return CommandNameEqual{}(a, b); }

std::unique_ptr<Command> MakeCommand(const CommandRow& row) {
  const CommandFacts* facts = FindCommandFacts(row.name);
  Require(facts != nullptr, "a command row without facts");
  auto command = std::make_unique<Command>();
  command->name = facts->name;
  command->facts = facts;
  command->run = row.run;
  command->partial = row.partial;
  return command;
}

// A container such as CONFIG has facts of its own, and no function: subcommands do the work.
Command& Container(CommandMap& map, std::string_view name) {
  auto it = map.find(name);
  if (it == map.end()) {
    auto container = MakeCommand({.name = name, .run = nullptr});
    it = map.emplace(container->name, std::move(container)).first;
  }
  return *it->second;
}

CommandMap BuildBuiltIn() {
  CommandMap map;
  for (const auto table : kCommandTables) {
    for (const CommandRow& row : table()) {
      auto command = MakeCommand(row);
      const size_t bar = command->name.find('|');
      if (bar == std::string::npos) {
        map.emplace(command->name, std::move(command));
      } else {
        auto& siblings = Container(map, command->name.substr(0, bar)).subcommands;
        siblings.push_back(std::move(command));
      }
    }
  }
  for (auto& [name, command] : map)
    std::sort(command->subcommands.begin(), command->subcommands.end(),
              [](const auto& a, const auto& b) { return a->name < b->name; });
  return map;
}

// Immutable, so all servers of the process share it.
const CommandMap& BuiltIn() {
  static const CommandMap map = BuildBuiltIn();
  return map;
}

// Where a key spec begins to look, or nothing when it does not apply to these arguments.
std::optional<int> BeginOf(const KeySpec& spec, std::span<const std::string> args) {
  const int argc = static_cast<int>(args.size());
  switch (spec.begin_search) {
    case KeySpec::BeginSearch::kUnknown:
      return std::nullopt;
    case KeySpec::BeginSearch::kIndex:
      return spec.index;
    case KeySpec::BeginSearch::kKeyword:
      break;
  }
  const bool forward = spec.start_from > 0;
  const int start = forward ? spec.start_from : argc + spec.start_from;
  const int end = forward ? argc - 1 : 1;
  for (int i = start; forward ? i <= end : i >= end; i += forward ? 1 : -1) {
    if (i < 1 || i >= argc) break;
    if (NamesEqual(args[i], spec.keyword)) return i + 1;
  }
  return std::nullopt;
}

// First and last position and the step of the keys of one spec; false when the arguments are wrong.
struct KeyRange {
  int first = 0;
  int last = -1;
  int step = 1;
};

bool RangeOf(const KeySpec& spec, int begin, std::span<const std::string> args, KeyRange& range) {
  const int argc = static_cast<int>(args.size());
  range.step = spec.key_step;
  if (spec.find_keys == KeySpec::FindKeys::kRange) {
    range.first = begin;
    if (spec.last_key >= 0)
      range.last = begin + spec.last_key;
    else if (spec.limit == 0)
      range.last = argc + spec.last_key;
    else
      range.last = begin + (argc - begin) / spec.limit + spec.last_key;
    return true;
  }
  if (spec.find_keys != KeySpec::FindKeys::kKeyNum) return true;
  const int num_index = begin + spec.key_num_index;
  if (num_index >= argc) return false;
  const std::optional<int64_t> count = ParseInteger(args[num_index]);
  if (!count || *count < 0 || *count > argc) return false;
  range.first = begin + spec.first_key;
  range.last = range.first + (static_cast<int>(*count) - 1) * spec.key_step;
  return true;
}

// SET reads its key only with GET, wherever that word stands among the options.
std::vector<KeyPosition> SetKeys(std::span<const std::string> args) {
  const bool reads =
      args.size() > 3 &&
      std::any_of(args.begin() + 3, args.end(), [](const auto& a) { return NamesEqual(a, "GET"); });
  if (reads) return {{1, kKeyRW | kKeyAccess | kKeyUpdate}};
  return {{1, kKeyOW | kKeyUpdate}};
}

// SORT writes the key behind its last STORE. What BY and GET lead to cannot be told.
std::vector<KeyPosition> SortKeys(std::span<const std::string> args) {
  std::vector<KeyPosition> keys = {{1, kKeyRO | kKeyAccess}};
  const int argc = static_cast<int>(args.size());
  for (int i = 2; i < argc; ++i) {
    if (NamesEqual(args[i], "LIMIT")) {
      i += 2;
    } else if (NamesEqual(args[i], "GET") || NamesEqual(args[i], "BY")) {
      ++i;
    } else if (NamesEqual(args[i], "STORE") && i + 1 < argc) {
      keys.resize(1);
      keys.push_back({++i, kKeyOW | kKeyUpdate});
    }
  }
  return keys;
}

// MIGRATE has one key as its third argument, or an empty one there and many behind KEYS.
std::optional<std::vector<KeyPosition>> MigrateKeys(std::span<const std::string> args) {
  constexpr uint64_t kFlags = kKeyRW | kKeyAccess | kKeyDelete;
  if (args.size() < 4) return std::vector<KeyPosition>();
  const int argc = static_cast<int>(args.size());
  for (int i = 6; i + 1 < argc; ++i) {
    if (NamesEqual(args[i], "AUTH")) {
      ++i;
    } else if (NamesEqual(args[i], "AUTH2")) {
      i += 2;
    } else if (NamesEqual(args[i], "KEYS")) {
      if (!args[3].empty()) return std::nullopt;
      std::vector<KeyPosition> keys;
      while (++i < argc) keys.push_back({i, kFlags});
      return keys;
    }
  }
  return std::vector<KeyPosition>{{3, kFlags}};
}

// BITFIELD only reads unless one of its words writes.
std::vector<KeyPosition> BitFieldKeys(std::span<const std::string> args) {
  const bool writes = std::any_of(args.begin() + 2, args.end(), [](const auto& a) {
    return NamesEqual(a, "SET") || NamesEqual(a, "INCRBY");
  });
  if (writes) return {{1, kKeyRW | kKeyAccess | kKeyUpdate}};
  return {{1, kKeyRO | kKeyAccess}};
}

}  // namespace

size_t CommandNameHash::operator()(std::string_view name) const {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a, over the lower-case letters
  for (char c : name) hash = (hash ^ static_cast<unsigned char>(Lower(c))) * 0x100000001b3;
  return hash;
}

bool CommandNameEqual::operator()(std::string_view a, std::string_view b) const {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

CommandTable::CommandTable() : built_in_(BuiltIn()) {}

const Command* CommandTable::Find(std::span<const std::string> args) const {
  if (args.empty()) return nullptr;
  // "config|get" is a name in rules and replies, and none that a client can call.
  if (args[0].find('|') != std::string::npos) return nullptr;
  const Command* command = FindByName(args[0]);
  if (!command || command->subcommands.empty() || args.size() < 2) return command;
  const size_t skip = command->name.size() + 1;
  for (const auto& subcommand : command->subcommands)
    if (NamesEqual(std::string_view(subcommand->name).substr(skip), args[1]))
      return subcommand.get();
  return command;
}

const Command* CommandTable::FindByName(std::string_view name) const {
  if (const auto it = built_in_.find(name); it != built_in_.end()) return it->second.get();
  if (const auto it = added_.find(name); it != added_.end()) return it->second.get();
  const size_t bar = name.find('|');
  if (bar == std::string_view::npos) return nullptr;
  const std::string parts[] = {std::string(name.substr(0, bar)), std::string(name.substr(bar + 1))};
  const Command* found = Find(parts);
  return found && NamesEqual(found->name, name) ? found : nullptr;
}

bool CommandTable::Add(std::unique_ptr<Command> command) {
  if (FindByName(command->name)) return false;
  std::string name = command->name;
  return added_.emplace(std::move(name), std::move(command)).second;
}

bool CommandTable::Remove(std::string_view name) {
  const auto it = added_.find(name);
  if (it == added_.end()) return false;
  added_.erase(it);
  return true;
}

std::vector<const Command*> CommandTable::All() const {
  std::vector<const Command*> all;
  for (const CommandMap* map : {&built_in_, static_cast<const CommandMap*>(&added_)})
    for (const auto& [name, command] : *map) all.push_back(command.get());
  std::sort(all.begin(), all.end(),
            [](const Command* a, const Command* b) { return a->name < b->name; });
  return all;
}

std::optional<std::vector<KeyPosition>> KeyPositions(const Command& command,
                                                     std::span<const std::string> args) {
  std::vector<KeyPosition> positions;
  if (command.key_positions) return command.key_positions(args);
  // The commands whose key specs are not the whole truth.
  if (command.name == "set") return SetKeys(args);
  if (command.name == "sort") return SortKeys(args);
  if (command.name == "migrate") return MigrateKeys(args);
  if (command.name == "bitfield" && args.size() > 1) return BitFieldKeys(args);
  for (const KeySpec& spec : command.facts->key_specs) {
    // What a module leaves open, nobody can find.
    const bool is_open = spec.begin_search == KeySpec::BeginSearch::kUnknown ||
                         spec.find_keys == KeySpec::FindKeys::kUnknown;
    if (is_open && !command.module.empty()) return std::nullopt;
    const std::optional<int> begin = BeginOf(spec, args);
    if (!begin || *begin >= static_cast<int>(args.size())) continue;
    KeyRange range;
    if (!RangeOf(spec, *begin, args, range)) return std::nullopt;
    if (range.last >= static_cast<int>(args.size())) return std::nullopt;
    // With a number of 0 the command has no key at all, not even those of other specs.
    const bool is_none = range.last < range.first;
    if (is_none && spec.find_keys == KeySpec::FindKeys::kKeyNum) return std::vector<KeyPosition>();
    for (int i = range.first; i <= range.last; i += std::max(range.step, 1))
      positions.push_back({i, spec.flags});
  }
  return positions;
}

}  // namespace modcert::engine
