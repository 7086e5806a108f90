#include "engine/acl.h"

#include <algorithm>

#include "base/glob_match.h"
#include "base/sha256.h"
#include "engine/client.h"
#include "engine/client_info.h"
#include "engine/config.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

constexpr std::string_view kDefaultUser = "default";

AclChannels NewChannels(const Config& config) {
  return config.Get("acl-pubsub-default") == "allchannels" ? AclChannels::kAll : AclChannels::kNone;
}

bool AllowsKey(const AclSelector& selector, std::string_view key, uint8_t needed) {
  return selector.all_keys ||
         std::any_of(selector.keys.begin(), selector.keys.end(), [&](const AclKeyPattern& allowed) {
           return (allowed.permissions & needed) == needed && GlobMatch(allowed.pattern, key);
         });
}

// A pattern covers all keys with a prefix when it matches the prefix itself and whatever follows:
// its last character is a star that no backslash takes the meaning from.
bool CoversPrefix(std::string_view pattern, std::string_view prefix) {
  if (!pattern.ends_with('*')) return false;
  const size_t last_other = pattern.substr(0, pattern.size() - 1).find_last_not_of('\\');
  const size_t slashes = pattern.size() - 2 - last_other;  // npos wraps to all of them
  return slashes % 2 == 0 && GlobMatch(pattern, prefix);
}

// A pattern to subscribe to must be one of those allowed, to the letter.
bool AllowsChannel(const AclSelector& selector, std::string_view channel, bool is_pattern) {
  return selector.all_channels || std::any_of(selector.channels.begin(), selector.channels.end(),
                                              [&](const std::string& allowed) {
                                                return is_pattern ? allowed == channel
                                                                  : GlobMatch(allowed, channel);
                                              });
}

bool AllowsCommand(const AclSelector& selector, size_t id, const Command& command,
                   std::span<const std::string> args) {
  if (selector.all_commands || command.Has(kCommandNoAuth) || selector.commands.test(id))
    return true;
  const auto first_args = selector.first_args.find(id);
  if (args.size() < 2 || first_args == selector.first_args.end()) return false;
  return std::any_of(first_args->second.begin(), first_args->second.end(),
                     [&](const std::string& arg) { return CommandNameEqual{}(arg, args[1]); });
}

// The keys of a command; none when its arguments are not what it takes.
std::vector<KeyPosition> KeysOf(const Command& command, std::span<const std::string> args) {
  std::vector<KeyPosition> keys = KeyPositions(command, args).value_or(std::vector<KeyPosition>());
  // A module that reports a position means it, whatever its flags are.
  if (!command.key_positions)
    std::erase_if(keys, [](const KeyPosition& key) { return (key.flags & kKeyNotKey) != 0; });
  return keys;
}

std::optional<AclDenial> CheckSelector(const AclSelector& selector, size_t id,
                                       const Command& command, std::span<const std::string> args) {
  if (!AllowsCommand(selector, id, command, args)) return AclDenial{};
  if (!selector.all_keys)
    for (const KeyPosition& key : KeysOf(command, args))
      if (!AllowsKey(selector, args[key.position], PermissionsFor(key.flags)))
        return AclDenial{AclDenial::Reason::kKey, key.position};
  if (selector.all_channels) return std::nullopt;
  for (const ChannelPosition& channel : ChannelPositionsOf(command, args))
    if (!AllowsChannel(selector, args[channel.position], channel.is_pattern))
      return AclDenial{AclDenial::Reason::kChannel, channel.position};
  return std::nullopt;
}

std::string_view ReasonName(AclDenial::Reason reason) {
  switch (reason) {
    case AclDenial::Reason::kCommand:
      return "command";
    case AclDenial::Reason::kKey:
      return "key";
    case AclDenial::Reason::kChannel:
      return "channel";
  }
  return "";
}

}  // namespace

Acl::Acl(const Config& config, const CommandTable& commands)
    : config_(config), commands_(commands) {
  auto user = std::make_unique<AclUser>(AclUser{.name = std::string(kDefaultUser),
                                                .on = true,
                                                .no_password = true,
                                                .sanitize_payload = AclUser::Sanitize::kNotSaid,
                                                .passwords = {}});
  AclSelector& root = user->root();
  root.all_commands = root.all_keys = root.all_channels = true;
  root.rules_begin_with_all = true;
  root.commands.set();
  default_ = user.get();
  users_.emplace(kDefaultUser, std::move(user));
}

AclUser* Acl::Find(std::string_view name) {
  const auto it = users_.find(name);
  return it == users_.end() ? nullptr : it->second.get();
}

AclUser Acl::NewUser(const std::string& name) const {
  AclUser user{.name = name,
               .on = false,
               .no_password = false,
               .sanitize_payload = AclUser::Sanitize::kNotSaid,
               .passwords = {}};
  user.root().all_channels = NewChannels(config_) == AclChannels::kAll;
  return user;
}

std::optional<std::string> Acl::ChangeUser(AclUser& user, std::span<const std::string> rules) {
  const MergedAclRules merged = MergeAclSelectors(rules);
  if (merged.unmatched)
    return fmt::format("Unmatched parenthesis in acl selector starting at '{}'.",
                       *merged.unmatched);
  AclUser changed = user;
  for (const std::string& rule : merged.rules)
    if (const auto problem = ApplyAclRule(rule, NewChannels(config_), commands_, changed))
      return fmt::format("Error in ACL SETUSER modifier '{}': {}",
                         std::string_view(rule).substr(0, rule.find('\0')), TextOf(*problem));
  user = std::move(changed);
  return std::nullopt;
}

std::optional<AclRuleProblem> Acl::ApplyRule(AclUser& user, std::string_view rule) {
  return ApplyAclRule(rule, NewChannels(config_), commands_, user);
}

std::optional<std::string> Acl::SetUser(const std::string& name,
                                        std::span<const std::string> rules) {
  std::unique_ptr<AclUser> added;
  AclUser* user = Find(name);
  if (!user) {
    added = std::make_unique<AclUser>(NewUser(name));
    user = added.get();
  }
  if (const auto error = ChangeUser(*user, rules)) return "ERR " + *error;
  if (added) users_.emplace(name, std::move(added));
  return std::nullopt;
}

void Acl::Remove(std::string_view name) {
  const auto it = users_.find(name);
  if (it == users_.end()) return;
  if (on_remove) on_remove(*it->second);
  users_.erase(it);
}

void Acl::ReapplyCategories() {
  for (const auto& [name, user] : users_)
    for (AclSelector& selector : user->selectors) ReapplyCommandRules(commands_, selector);
}

void Acl::SetDefaultPassword(const std::string& password) {
  default_->passwords.clear();
  default_->no_password = password.empty();
  if (!password.empty()) default_->passwords.push_back(Sha256Hex(password));
}

AclUser* Acl::LogIn(std::string_view name, std::string_view password) {
  AclUser* user = Find(name);
  if (!user || !user->on) return nullptr;
  if (user->no_password) return user;
  const auto& known = user->passwords;
  const bool fits = std::find(known.begin(), known.end(), Sha256Hex(password)) != known.end();
  return fits ? user : nullptr;
}

std::optional<AclDenial> Acl::CheckSelectors(const AclUser& user, const Command& command,
                                             std::span<const std::string> args) {
  const size_t id = commands_.IdOf(command);
  AclDenial relevant;
  for (const AclSelector& selector : user.selectors) {
    const std::optional<AclDenial> denial = CheckSelector(selector, id, command, args);
    if (!denial) return std::nullopt;
    // Of several reasons, the one of the selector that came closest is told.
    if (denial->reason > relevant.reason ||
        (denial->reason == relevant.reason && denial->position > relevant.position))
      relevant = *denial;
  }
  return relevant;
}

bool Acl::MayTouchKey(const AclUser& user, std::string_view key, uint8_t permissions) const {
  return std::any_of(
      user.selectors.begin(), user.selectors.end(),
      [&](const AclSelector& selector) { return AllowsKey(selector, key, permissions); });
}

bool Acl::MayTouchKeysWithPrefix(const AclUser& user, std::string_view prefix,
                                 uint8_t permissions) const {
  const auto covers = [&](const AclKeyPattern& key) {
    return (key.permissions & permissions) == permissions && CoversPrefix(key.pattern, prefix);
  };
  return std::any_of(
      user.selectors.begin(), user.selectors.end(), [&](const AclSelector& selector) {
        return selector.all_keys || std::any_of(selector.keys.begin(), selector.keys.end(), covers);
      });
}

bool Acl::MayUseChannel(const AclUser& user, std::string_view channel, bool is_pattern) const {
  return std::any_of(
      user.selectors.begin(), user.selectors.end(),
      [&](const AclSelector& selector) { return AllowsChannel(selector, channel, is_pattern); });
}

bool Acl::ForbidsSubscriptions(const AclUser& user, const Client& client) const {
  return std::any_of(client.subscriptions.begin(), client.subscriptions.end(),
                     [&](const auto& subscription) {
                       const bool is_pattern = subscription.first == PubSub::Kind::kPattern;
                       return !MayUseChannel(user, subscription.second, is_pattern);
                     });
}

void Acl::LogDenial(const Client& client, const AclDenial& denial, const Command& command,
                    std::span<const std::string> args, std::string_view context, int64_t now_ms) {
  const bool is_command = denial.reason == AclDenial::Reason::kCommand;
  LogRefusal(client, ReasonName(denial.reason), is_command ? command.name : args[denial.position],
             client.user ? std::string_view(client.user->name) : "", context, now_ms);
}

void Acl::LogRefusal(const Client& client, std::string_view reason, std::string_view object,
                     std::string_view username, std::string_view context, int64_t now_ms) {
  Log({.reason = std::string(reason),
       .context = std::string(context),
       .object = std::string(object),
       .username = std::string(username),
       .at_ms = now_ms,
       .client_info = DescribeClient(client, now_ms)});
}

void Acl::LogFailedAuth(const Client& client, std::string_view command, std::string_view username,
                        int64_t now_ms) {
  Log({.reason = "auth",
       .context = client.transaction.open || client.exec_size >= 0 ? "multi" : "toplevel",
       .object = std::string(command),
       .username = std::string(username),
       .at_ms = now_ms,
       .client_info = DescribeClient(client, now_ms)});
}

void Acl::Log(AclLogEntry entry) { log_.Add(std::move(entry), config_.acllog_max_len); }

uint8_t PermissionsFor(uint64_t key_flags) {
  uint8_t needed = 0;
  if (key_flags & kKeyAccess) needed |= kAclRead;
  if (key_flags & (kKeyInsert | kKeyDelete | kKeyUpdate)) needed |= kAclWrite;
  return needed;
}

std::string DenialError(const AclDenial& denial, const Command& command) {
  switch (denial.reason) {
    case AclDenial::Reason::kCommand:
      return fmt::format("NOPERM this user has no permissions to run the '{}' command",
                         command.name);
    case AclDenial::Reason::kKey:
      return "NOPERM this user has no permissions to access one of the keys used as arguments";
    case AclDenial::Reason::kChannel:
      return "NOPERM this user has no permissions to access one of the channels used as arguments";
  }
  return "";
}

std::vector<ChannelPosition> ChannelPositionsOf(const Command& command,
                                                std::span<const std::string> args) {
  if (command.channel_positions) return command.channel_positions(args);
  struct Row {
    std::string_view name;
    int last;  // -1: up to the last argument
    bool is_pattern;
  };
  constexpr Row kRows[] = {
      {"subscribe", -1, false}, {"ssubscribe", -1, false}, {"psubscribe", -1, true},
      {"publish", 1, false},    {"spublish", 1, false},
  };
  if (!command.Has(kCommandPubSub) || !command.module.empty()) return {};
  std::vector<ChannelPosition> positions;
  for (const Row& row : kRows) {
    if (row.name != command.name) continue;
    const int last = row.last >= 0 ? row.last : static_cast<int>(args.size()) - 1;
    for (int i = 1; i <= last; ++i) positions.push_back({i, row.is_pattern});
  }
  return positions;
}

}  // namespace modcert::engine
