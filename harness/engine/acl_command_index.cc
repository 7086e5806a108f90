#include "engine/acl_command_index.h"

#include <unordered_map>

namespace modcert::engine {
namespace {

// Everything that follows from the facts; immutable and shared by all servers of the process.
struct BuiltInCommands {
  std::vector<AclCommand> commands;  // the number of each is its index
  std::unordered_map<std::string, size_t, CommandNameHash, CommandNameEqual> by_name;
  // By category: its commands, and what else a rule for it means: the subcommands of its
  // containers.
  std::vector<AclBits> members;
  std::vector<AclBits> affected;

  BuiltInCommands();
  void Add(const CommandFacts& facts, bool is_subcommand);
  void AddToCategories(const CommandFacts& facts, const AclCommand& command);
};

BuiltInCommands::BuiltInCommands()
    : members(CategoryNames().size()), affected(CategoryNames().size()) {
  for (const CommandFacts& facts : AllCommandFacts()) {
    Add(facts, false);
    const size_t container = commands.size() - 1;
    for (const CommandFacts& subcommand : facts.subcommands) {
      commands[container].subcommands.push_back(commands.size());
      Add(subcommand, true);
    }
    AddToCategories(facts, commands[container]);
  }
}

void BuiltInCommands::Add(const CommandFacts& facts, bool is_subcommand) {
  by_name.emplace(facts.name, commands.size());
  commands.push_back({.name = std::string(facts.name),
                      .id = commands.size(),
                      .is_subcommand = is_subcommand,
                      .subcommands = {}});
  if (is_subcommand) AddToCategories(facts, commands.back());
}

void BuiltInCommands::AddToCategories(const CommandFacts& facts, const AclCommand& command) {
  for (size_t i = 0; i < members.size(); ++i) {
    if ((facts.categories >> i & 1) == 0) continue;
    members[i].set(command.id);
    affected[i].set(command.id);
    for (size_t subcommand : command.subcommands) affected[i].set(subcommand);
  }
}

const BuiltInCommands& BuiltIn() {
  static const BuiltInCommands commands;
  return commands;
}

void Apply(const AclBits& affected, bool allow, AclBits& bits) {
  if (allow)
    bits |= affected;
  else
    bits &= ~affected;
}

// How well a category fits what is left to describe.
struct Fit {
  size_t category;
  size_t wrong;  // commands of the category for which a rule would be wrong
  size_t right;
};

// The category that describes most, or nothing when none does more good than harm.
std::optional<Fit> BestCategory(const AclBits& left, bool additive, uint64_t applied) {
  std::optional<Fit> best;
  for (size_t i = 0; i < BuiltIn().members.size(); ++i) {
    if (applied >> i & 1) continue;
    const AclBits& members = BuiltIn().members[i];
    const size_t on = (members & left).count();
    const size_t off = members.count() - on;
    const Fit fit{.category = i, .wrong = additive ? off : on, .right = additive ? on : off};
    if (fit.right <= fit.wrong) continue;
    if (!best || fit.wrong < best->wrong || (fit.wrong == best->wrong && fit.right > best->right))
      best = fit;
  }
  return best;
}

}  // namespace

std::optional<AclCommand> AclCommandIndex::Find(std::string_view name) {
  if (const auto it = BuiltIn().by_name.find(std::string(name)); it != BuiltIn().by_name.end())
    return BuiltIn().commands[it->second];
  const Command* command = table_.FindByName(name);
  if (!command || command->module.empty()) return std::nullopt;
  return FromModule(*command);
}

size_t AclCommandIndex::IdOf(const Command& command) {
  if (command.module.empty()) {
    const auto it = BuiltIn().by_name.find(command.name);
    if (it != BuiltIn().by_name.end()) return it->second;
  }
  return ModuleId(command.name);
}

AclCommand AclCommandIndex::FromModule(const Command& command) {
  AclCommand found{.name = command.name,
                   .id = ModuleId(command.name),
                   .is_subcommand = command.name.find('|') != std::string::npos,
                   .subcommands = {}};
  for (const auto& subcommand : command.subcommands)
    found.subcommands.push_back(ModuleId(subcommand->name));
  return found;
}

size_t AclCommandIndex::ModuleId(const std::string& name) {
  const size_t next = BuiltIn().commands.size() + module_ids_.size();
  // Without a number of its own, a command is treated as those that do not exist yet.
  if (next >= kAclFutureBit && !module_ids_.contains(name)) return kAclFutureBit;
  return module_ids_.try_emplace(name, next).first->second;
}

std::vector<std::string_view> AclCommandIndex::category_names() const {
  const auto built_in = CategoryNames();
  std::vector<std::string_view> names(built_in.begin(), built_in.end());
  names.insert(names.end(), added_categories_.begin(), added_categories_.end());
  return names;
}

std::optional<size_t> AclCommandIndex::CategoryIndex(std::string_view category) const {
  const auto names = category_names();
  for (size_t i = 0; i < names.size(); ++i)
    if (CommandNameEqual{}(names[i], category)) return i;
  return std::nullopt;
}

std::optional<uint64_t> AclCommandIndex::ParseCategories(std::string_view words) const {
  uint64_t bits = 0;
  if (words.empty()) return bits;
  for (;;) {
    const size_t space = words.find(' ');
    const std::optional<size_t> index = CategoryIndex(words.substr(0, space));
    if (!index) return std::nullopt;
    bits |= uint64_t{1} << *index;
    if (space == std::string_view::npos) return bits;
    words.remove_prefix(space + 1);
  }
}

bool AclCommandIndex::HasRoomForCategory() const {
  constexpr size_t kCategoriesMax = 64;  // the bits of a word
  return CategoryNames().size() + added_categories_.size() < kCategoriesMax;
}

// All commands that a rule for the category is about.
AclBits AclCommandIndex::AffectedBy(size_t category) {
  AclBits affected;
  if (category < BuiltIn().affected.size()) affected = BuiltIn().affected[category];
  const auto add = [&](const Command& command) {
    if ((command.facts->categories >> category & 1) == 0) return;
    const AclCommand found = FromModule(command);
    affected.set(found.id);
    for (size_t subcommand : found.subcommands) affected.set(subcommand);
  };
  for (const Command* command : table_.All()) {
    if (command->module.empty()) continue;
    add(*command);
    for (const auto& subcommand : command->subcommands) add(*subcommand);
  }
  return affected;
}

bool AclCommandIndex::SetCategory(std::string_view category, bool allow, AclBits& bits,
                                  AclFirstArgs& first_args) {
  const std::optional<size_t> index = CategoryIndex(category);
  if (!index) return false;
  const AclBits affected = AffectedBy(*index);
  Apply(affected, allow, bits);
  std::erase_if(first_args, [&](const auto& entry) { return affected.test(entry.first); });
  return true;
}

void AclCommandIndex::ForEach(const std::function<void(const AclCommand&)>& visit) {
  for (const AclCommand& command : BuiltIn().commands) visit(command);
  for (const Command* command : table_.All()) {
    if (command->module.empty()) continue;
    visit(FromModule(*command));
    for (const auto& subcommand : command->subcommands) visit(FromModule(*subcommand));
  }
}

std::string AclCommandIndex::Describe(const AclBits& bits, const AclFirstArgs& first_args) {
  const bool additive = !bits.test(kAclFutureBit);
  std::string rules = additive ? "-@all" : "+@all";
  AclBits described = additive ? AclBits() : ~AclBits();  // what the rules say so far
  AclBits left = bits;                                    // what they do not say yet
  uint64_t applied = 0;
  while (const auto best = BestCategory(left, additive, applied)) {
    const AclBits& affected = BuiltIn().affected[best->category];
    Apply(affected, additive, described);
    Apply(affected, !additive, left);
    rules += additive ? " +@" : " -@";
    rules += CategoryNames()[best->category];
    applied |= uint64_t{1} << best->category;
  }
  ForEach([&](const AclCommand& command) {
    const bool allowed = bits.test(command.id);
    if (allowed != described.test(command.id)) {
      rules += (allowed ? " +" : " -") + command.name;
      described.set(command.id, allowed);
      for (size_t subcommand : command.subcommands) described.set(subcommand, allowed);
    }
    const auto args = first_args.find(command.id);
    if (allowed || args == first_args.end()) return;
    for (const std::string& arg : args->second) rules += " +" + command.name + "|" + arg;
  });
  return rules;
}

}  // namespace modcert::engine
