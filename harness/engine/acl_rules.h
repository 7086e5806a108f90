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

// Applies one rule; the reason why it is wrong, or nothing. A wrong rule may have changed `user`.
std::optional<std::string> ApplyAclRule(std::string_view rule, AclChannels channels,
                                        AclCommandIndex& commands, AclUser& user);

// Words of a selector come as several arguments: "(+get", "~x)" become "(+get ~x)". The error is
// the argument whose parenthesis is never closed.
struct MergedAclRules {
  std::vector<std::string> rules;
  std::optional<std::string> unmatched;
};
MergedAclRules MergeAclSelectors(std::span<const std::string> args);

}  // namespace modcert::engine
