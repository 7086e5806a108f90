#include "engine/acl_rules.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/sha256.h"
#include "base/split_args.h"

namespace modcert::engine {
namespace {

using Problem = std::optional<AclRuleProblem>;

bool IsWord(std::string_view rule, std::string_view word) { return CommandNameEqual{}(rule, word); }

bool HasSpaces(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return c == '\0' || std::isspace(static_cast<unsigned char>(c)) != 0;
  });
}

// --- commands

void SetCommand(const AclCommand& command, bool allow, AclSelector& selector) {
  selector.commands.set(command.id, allow);
  for (size_t subcommand : command.subcommands) selector.commands.set(subcommand, allow);
  selector.first_args.erase(command.id);
  if (!allow) selector.all_commands = false;
}

void SetAllCommands(bool allow, AclSelector& selector) {
  selector.all_commands = allow;
  selector.commands = allow ? ~AclBits() : AclBits();
  selector.first_args.clear();
  selector.rules_begin_with_all = allow;
  selector.command_rules.clear();
}

// +command|word: a subcommand, or a first argument with which the command is allowed.
Problem AllowPart(std::string_view name, AclCommandIndex& commands, AclSelector& selector) {
  const size_t bar = name.rfind('|');
  const std::string_view word = name.substr(bar + 1);
  const std::optional<AclCommand> command = commands.Find(name.substr(0, bar));
  if (!command) return AclRuleProblem::kUnknown;
  if (command->is_subcommand) return AclRuleProblem::kFirstArgOfSubcommand;
  if (word.empty()) return AclRuleProblem::kSyntax;
  if (!command->subcommands.empty()) {
    const std::optional<AclCommand> subcommand = commands.Find(name);
    if (!subcommand) return AclRuleProblem::kUnknown;
    SetCommand(*subcommand, true, selector);
    return std::nullopt;
  }
  std::vector<std::string>& args = selector.first_args[command->id];
  const bool known = std::any_of(args.begin(), args.end(),
                                 [&](const std::string& arg) { return IsWord(arg, word); });
  if (!known) args.emplace_back(word);
  return std::nullopt;
}

Problem ApplyCommandRule(std::string_view rule, AclCommandIndex& commands, AclSelector& selector) {
  const bool allow = rule[0] == '+';
  const std::string_view name = rule.substr(1);
  if (name.starts_with('@')) {
    if (!allow) selector.all_commands = false;
    const bool known =
        commands.SetCategory(name.substr(1), allow, selector.commands, selector.first_args);
    return known ? std::nullopt : Problem(AclRuleProblem::kUnknown);
  }
  if (allow && name.find('|') != name.npos) return AllowPart(name, commands, selector);
  const std::optional<AclCommand> command = commands.Find(name);
  if (!command) return AclRuleProblem::kUnknown;
  SetCommand(*command, allow, selector);
  return std::nullopt;
}

Problem CommandRule(std::string_view rule, AclCommandIndex& commands, AclSelector& selector) {
  if (const Problem problem = ApplyCommandRule(rule, commands, selector)) return problem;
  selector.command_rules.emplace_back(rule);
  return std::nullopt;
}

// --- keys and channels

// The permissions of "%RW~pattern" and where the pattern begins; 0 when they are wrong.
uint8_t ParsePermissions(std::string_view rule, size_t& pattern_at) {
  pattern_at = 1;
  if (rule[0] == '~') return kAclReadWrite;
  uint8_t permissions = 0;
  for (; pattern_at < rule.size(); ++pattern_at) {
    const char letter =
        static_cast<char>(std::toupper(static_cast<unsigned char>(rule[pattern_at])));
    if (letter == 'R' && (permissions & kAclRead) == 0) {
      permissions |= kAclRead;
    } else if (letter == 'W' && (permissions & kAclWrite) == 0) {
      permissions |= kAclWrite;
    } else if (letter == '~') {
      ++pattern_at;
      break;
    } else {
      return 0;
    }
  }
  return permissions;
}

Problem KeyRule(std::string_view rule, AclSelector& selector) {
  if (selector.all_keys) return AclRuleProblem::kKeysAreAll;
  size_t pattern_at = 0;
  const uint8_t permissions = ParsePermissions(rule, pattern_at);
  const std::string_view pattern = rule.substr(pattern_at);
  if (permissions == 0 || HasSpaces(pattern)) return AclRuleProblem::kSyntax;
  const auto known = std::find_if(selector.keys.begin(), selector.keys.end(),
                                  [&](const AclKeyPattern& key) { return key.pattern == pattern; });
  if (known != selector.keys.end())
    known->permissions |= permissions;
  else
    selector.keys.push_back({std::string(pattern), permissions});
  return std::nullopt;
}

Problem ChannelRule(std::string_view rule, AclSelector& selector) {
  if (selector.all_channels) return AclRuleProblem::kChannelsAreAll;
  const std::string_view pattern = rule.substr(1);
  if (HasSpaces(pattern)) return AclRuleProblem::kSyntax;
  auto& channels = selector.channels;
  if (std::find(channels.begin(), channels.end(), pattern) == channels.end())
    channels.emplace_back(pattern);
  return std::nullopt;
}

void SetAllKeys(bool allow, AclSelector& selector) {
  selector.all_keys = allow;
  selector.keys.clear();
}

void SetAllChannels(bool allow, AclSelector& selector) {
  selector.all_channels = allow;
  selector.channels.clear();
}

// Words that need no argument.
struct SelectorWord {
  std::string_view word;
  void (*apply)(AclSelector& selector);
};

constexpr SelectorWord kSelectorWords[] = {
    {"allkeys", [](AclSelector& s) { SetAllKeys(true, s); }},
    {"~*", [](AclSelector& s) { SetAllKeys(true, s); }},
    {"resetkeys", [](AclSelector& s) { SetAllKeys(false, s); }},
    {"allchannels", [](AclSelector& s) { SetAllChannels(true, s); }},
    {"&*", [](AclSelector& s) { SetAllChannels(true, s); }},
    {"resetchannels", [](AclSelector& s) { SetAllChannels(false, s); }},
    {"allcommands", [](AclSelector& s) { SetAllCommands(true, s); }},
    {"+@all", [](AclSelector& s) { SetAllCommands(true, s); }},
    {"nocommands", [](AclSelector& s) { SetAllCommands(false, s); }},
    {"-@all", [](AclSelector& s) { SetAllCommands(false, s); }},
};

Problem SelectorRule(std::string_view rule, AclCommandIndex& commands, AclSelector& selector) {
  for (const SelectorWord& word : kSelectorWords) {
    if (!IsWord(rule, word.word)) continue;
    word.apply(selector);
    return std::nullopt;
  }
  if (rule.starts_with('~') || rule.starts_with('%')) return KeyRule(rule, selector);
  if (rule.starts_with('&')) return ChannelRule(rule, selector);
  if (rule.starts_with('+') || rule.starts_with('-')) return CommandRule(rule, commands, selector);
  return AclRuleProblem::kSyntax;
}

// "(+get ~x)": a selector of its own.
Problem AddSelector(std::string_view rule, AclChannels channels, AclCommandIndex& commands,
                    AclUser& user) {
  // Quotes that do not fit leave a selector without rules, on a real server too.
  const auto words =
      SplitArgs(rule.substr(1, rule.size() - 2)).value_or(std::vector<std::string>());
  AclSelector selector;
  selector.all_channels = channels == AclChannels::kAll;
  for (const std::string& word : words)
    if (Problem problem = SelectorRule(word, commands, selector)) return problem;
  user.selectors.push_back(std::move(selector));
  return std::nullopt;
}

// --- the user itself

bool IsHash(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// >password, #hash, <password, !hash
Problem PasswordRule(std::string_view rule, AclUser& user) {
  const bool is_hash = rule[0] == '#' || rule[0] == '!';
  const std::string_view text = rule.substr(1);
  if (is_hash && !IsHash(text)) return AclRuleProblem::kBadHash;
  const std::string hash = is_hash ? std::string(text) : Sha256Hex(text);
  const auto known = std::find(user.passwords.begin(), user.passwords.end(), hash);
  if (rule[0] == '>' || rule[0] == '#') {
    user.no_password = false;
    if (known == user.passwords.end()) user.passwords.push_back(hash);
    return std::nullopt;
  }
  if (known == user.passwords.end()) return AclRuleProblem::kNoSuchPassword;
  user.passwords.erase(known);
  return std::nullopt;
}

void SetNoPassword(bool on, AclUser& user) {
  user.no_password = on;
  user.passwords.clear();
}

struct UserWord {
  std::string_view word;
  void (*apply)(AclUser& user);
};

constexpr UserWord kUserWords[] = {
    {"on", [](AclUser& u) { u.on = true; }},
    {"off", [](AclUser& u) { u.on = false; }},
    {"nopass", [](AclUser& u) { SetNoPassword(true, u); }},
    {"resetpass", [](AclUser& u) { SetNoPassword(false, u); }},
    {"skip-sanitize-payload", [](AclUser& u) { u.sanitize_payload = AclUser::Sanitize::kSkip; }},
    {"sanitize-payload", [](AclUser& u) { u.sanitize_payload = AclUser::Sanitize::kSanitize; }},
    {"clearselectors", [](AclUser& u) { u.selectors.resize(1); }},
};

void ResetUser(AclChannels channels, AclUser& user) {
  user = AclUser{.name = user.name,
                 .on = false,
                 .no_password = false,
                 .sanitize_payload = AclUser::Sanitize::kSanitize,
                 .passwords = {}};
  user.root().all_channels = channels == AclChannels::kAll;
}

}  // namespace

std::string_view TextOf(AclRuleProblem problem) {
  switch (problem) {
    case AclRuleProblem::kSyntax:
      return "Syntax error";
    case AclRuleProblem::kUnknown:
      return "Unknown command or category name in ACL";
    case AclRuleProblem::kKeysAreAll:
      return "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does "
             "not have any effect. Try 'resetkeys' to start with an empty list of patterns";
    case AclRuleProblem::kChannelsAreAll:
      return "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and "
             "does not have any effect. Try 'resetchannels' to start with an empty list of "
             "channels";
    case AclRuleProblem::kBadHash:
      return "The password hash must be exactly 64 characters and contain only lowercase "
             "hexadecimal characters";
    case AclRuleProblem::kNoSuchPassword:
      return "The password you are trying to remove from the user does not exist";
    case AclRuleProblem::kFirstArgOfSubcommand:
      return "Allowing first-arg of a subcommand is not supported";
  }
  return "";
}

Problem ApplyAclRule(std::string_view rule, AclChannels channels, AclCommandIndex& commands,
                     AclUser& user) {
  if (rule.empty()) return std::nullopt;
  for (const UserWord& word : kUserWords) {
    if (!IsWord(rule, word.word)) continue;
    word.apply(user);
    return std::nullopt;
  }
  if (IsWord(rule, "reset")) {
    ResetUser(channels, user);
    return std::nullopt;
  }
  if (std::string_view("><#!").find(rule[0]) != std::string_view::npos)
    return PasswordRule(rule, user);
  if (rule.size() > 1 && rule.starts_with('(') && rule.ends_with(')'))
    return AddSelector(rule, channels, commands, user);
  return SelectorRule(rule, commands, user.root());
}

void ReapplyCommandRules(AclCommandIndex& commands, AclSelector& selector) {
  const std::vector<std::string> rules = selector.command_rules;
  SetAllCommands(selector.rules_begin_with_all, selector);
  // A command whose module is gone is no longer known, and its rule has no effect any more.
  for (const std::string& rule : rules) CommandRule(rule, commands, selector);
}

MergedAclRules MergeAclSelectors(std::span<const std::string> args) {
  MergedAclRules merged;
  std::optional<std::string> open;  // the selector until now
  for (const std::string& arg : args) {
    if (open) {
      *open += " " + arg;
      if (!arg.ends_with(')')) continue;
      merged.rules.push_back(*std::exchange(open, std::nullopt));
      merged.unmatched.reset();
    } else if (arg.starts_with('(') && !arg.ends_with(')')) {
      open = arg;
      merged.unmatched = arg;
    } else {
      merged.rules.push_back(arg);
    }
  }
  return merged;
}

}  // namespace modcert::engine
