// The language of ACL SETUSER: rules that change a user, one after the other.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/acl_user.h"

namespace modcert::engine {

// What a new selector or user may do with channels when no rule says it: acl-pubsub-default.
enum class AclChannels { kNone, kAll };

// What can be wrong with a rule.
enum class AclRuleProblem {
  kSyntax,
  kUnknown,  // a command or category that there is not
  kKeysAreAll,
  kChannelsAreAll,
  kBadHash,
  kNoSuchPassword,
  kFirstArgOfSubcommand,
};

// In the words of ACL SETUSER.
std::string_view TextOf(AclRuleProblem problem);

// Applies one rule; what is wrong with it, or nothing. A wrong rule may have changed `user`.
std::optional<AclRuleProblem> ApplyAclRule(std::string_view rule, AclChannels channels,
                                           AclCommandIndex& commands, AclUser& user);

// Applies the rules about commands again that the selector has had.
void ReapplyCommandRules(AclCommandIndex& commands, AclSelector& selector);

// Words of a selector come as several arguments: "(+get", "~x)" become "(+get ~x)". The error is
// the argument whose parenthesis is never closed.
struct MergedAclRules {
  std::vector<std::string> rules;
  std::optional<std::string> unmatched;
};
MergedAclRules MergeAclSelectors(std::span<const std::string> args);

}  // namespace modcert::engine
