// A user: who may connect under that name, and what they may do.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/acl_command_index.h"

namespace modcert::engine {

// What may be done with the keys that a pattern matches.
enum AclPermission : uint8_t { kAclRead = 1, kAclWrite = 2, kAclReadWrite = 3 };

struct AclKeyPattern {
  std::string pattern;
  uint8_t permissions = kAclReadWrite;
};

// One set of permissions. A command may run when one selector of the user allows all of it: the
// command, its keys and its channels.
struct AclSelector {
  // Each of these is more than a full set: nothing is looked up at all.
  bool all_commands = false;
  bool all_keys = false;
  bool all_channels = false;

  AclBits commands;
  AclFirstArgs first_args;
  // The rules that led there from all commands, or none. Categories mean other commands when a
  // module has put its own into them, and then the rules are applied again.
  bool rules_begin_with_all = false;
  std::vector<std::string> command_rules;
  std::vector<AclKeyPattern> keys;
  std::vector<std::string> channels;
};

// A plain value: ACL SETUSER changes a copy and puts it in place when all its rules are right.
struct AclUser {
  enum class Sanitize { kNotSaid, kSkip, kSanitize };

  std::string name;
  bool on = false;
  bool no_password = false;
  Sanitize sanitize_payload = Sanitize::kNotSaid;
  std::vector<std::string> passwords;  // SHA-256, 64 hexadecimal digits
  // The first is the one that rules outside of parentheses are about; it is always there.
  std::vector<AclSelector> selectors = {AclSelector()};

  AclSelector& root() { return selectors.front(); }
  // Everything is allowed, whatever it is.
  bool unrestricted() const {
    const AclSelector& root = selectors.front();
    return root.all_commands && root.all_keys && root.all_channels;
  }
};

// "~a* %R~b": the key patterns as ACL GETUSER shows them.
std::string DescribeKeys(const AclSelector& selector);
// "&a &b*"
std::string DescribeChannels(const AclSelector& selector);
// "on", "nopass" ..., in the order of a real server.
std::vector<std::string_view> FlagNames(const AclUser& user);
// All of it, behind "user NAME " in ACL LIST.
std::string DescribeUser(const AclUser& user, AclCommandIndex& commands);

}  // namespace modcert::engine
