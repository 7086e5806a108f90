// Access control lists: the users, what each may do, and what was refused.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/acl_command_index.h"
#include "engine/acl_log.h"
#include "engine/acl_rules.h"
#include "engine/acl_user.h"
#include "engine/command.h"

namespace modcert::engine {

class Client;
class Config;

// Why a user must not run a command. `position` is the argument that stands for the reason: the
// key or channel; 0 for the command itself.
struct AclDenial {
  enum class Reason { kCommand, kKey, kChannel };
  Reason reason = Reason::kCommand;
  int position = 0;
};

// Owned by Server. Users live until they are removed; a client points to its user, and whoever
// removes one deals with its clients. Lock held.
class Acl {
 public:
  using Users = std::map<std::string, std::unique_ptr<AclUser>, std::less<>>;

  // `config` says what new users may do with channels, and how long the log is.
  Acl(const Config& config, const CommandTable& commands);

  AclUser& default_user() { return *default_; }
  const AclUser& default_user() const { return *default_; }
  // Ordered by name.
  const Users& users() const { return users_; }
  AclUser* Find(std::string_view name);
  // Makes or changes a user by rules such as "+get" and "(~x +@read)": all of them, or none when
  // one is wrong. The error is worded as ACL SETUSER answers it, with its code.
  std::optional<std::string> SetUser(const std::string& name, std::span<const std::string> rules);
  // A user made by a module: in no list, and alive as long as the module wants it.
  AclUser NewUser(const std::string& name) const;
  // As SetUser, for any user; the error without code.
  std::optional<std::string> ChangeUser(AclUser& user, std::span<const std::string> rules);
  // Applies a single rule; when it is wrong, it may have had half of its effect.
  std::optional<AclRuleProblem> ApplyRule(AclUser& user, std::string_view rule);
  void Remove(std::string_view name);
  // Modules have put commands of theirs into categories: the rules of all users mean them too.
  void ReapplyCategories();
  // Hears of each user that is removed, while it is still there.
  std::function<void(AclUser&)> on_remove;
  // Who may do nothing: for those who still name a user that was removed.
  AclUser& nobody() { return nobody_; }

  // The password of the default user, as requirepass sets it; empty for none.
  void SetDefaultPassword(const std::string& password);
  // Whether a new connection must say who it is before it may do anything.
  bool RequiresAuth() const { return !default_->no_password || !default_->on; }
  // The user who has this name and password and is not switched off, or null.
  AclUser* LogIn(std::string_view name, std::string_view password);

  // Why the user must not run this, or nothing when it may.
  std::optional<AclDenial> Check(const AclUser& user, const Command& command,
                                 std::span<const std::string> args) {
    // Nothing is looked up for those who may do everything, as nearly all may.
    if (user.unrestricted()) return std::nullopt;
    return CheckSelectors(user, command, args);
  }
  // Whether the user may touch a key in these ways (AclPermission), or a channel.
  bool MayTouchKey(const AclUser& user, std::string_view key, uint8_t permissions) const;
  bool MayUseChannel(const AclUser& user, std::string_view channel, bool is_pattern) const;
  // Whether it may touch all keys that begin so (8.0).
  bool MayTouchKeysWithPrefix(const AclUser& user, std::string_view prefix,
                              uint8_t permissions) const;
  // True when a client with these subscriptions would not have got them as this user.
  bool ForbidsSubscriptions(const AclUser& user, const Client& client) const;

  // Notes a refusal in the log. `context`: "toplevel", "multi", "lua", "module".
  void LogDenial(const Client& client, const AclDenial& denial, const Command& command,
                 std::span<const std::string> args, std::string_view context, int64_t now_ms);
  // The same for what a module refuses somebody by that name.
  void LogRefusal(const Client& client, std::string_view reason, std::string_view object,
                  std::string_view username, std::string_view context, int64_t now_ms);
  // A failed AUTH or HELLO; `command` as the client wrote it.
  void LogFailedAuth(const Client& client, std::string_view command, std::string_view username,
                     int64_t now_ms);
  AclLog& log() { return log_; }
  AclCommandIndex& commands() { return commands_; }

 private:
  std::optional<AclDenial> CheckSelectors(const AclUser& user, const Command& command,
                                          std::span<const std::string> args);
  void Log(AclLogEntry entry);

  const Config& config_;
  AclCommandIndex commands_;
  Users users_;
  AclUser* default_;
  AclUser nobody_;
  AclLog log_;
};

// The permissions (AclPermission) that are needed for what a command does with a key (KeyFlag).
uint8_t PermissionsFor(uint64_t key_flags);

// The error that a refused command answers with: "NOPERM this user has no permissions ...".
std::string DenialError(const AclDenial& denial, const Command& command);

// Subscriptions and messages name channels: where those stand that a user needs permission for.
std::vector<ChannelPosition> ChannelPositionsOf(const Command& command,
                                                std::span<const std::string> args);

}  // namespace modcert::engine
