#include "engine/acl_user.h"

#include <fmt/format.h>

namespace modcert::engine {
namespace {

std::string_view Prefix(uint8_t permissions) {
  switch (permissions) {
    case kAclRead:
      return "%R~";
    case kAclWrite:
      return "%W~";
    default:
      return "~";
  }
}

std::string DescribeSelector(const AclSelector& selector, AclCommandIndex& commands) {
  std::string text = DescribeKeys(selector);
  if (!text.empty()) text += ' ';
  if (!selector.all_channels) text += "resetchannels ";
  const std::string channels = DescribeChannels(selector);
  if (!channels.empty()) text += channels + ' ';
  return text + commands.Describe(selector.commands, selector.first_args);
}

}  // namespace

std::string DescribeKeys(const AclSelector& selector) {
  if (selector.all_keys) return "~*";
  std::string text;
  for (const AclKeyPattern& key : selector.keys)
    text += fmt::format("{}{}{}", text.empty() ? "" : " ", Prefix(key.permissions), key.pattern);
  return text;
}

std::string DescribeChannels(const AclSelector& selector) {
  if (selector.all_channels) return "&*";
  std::string text;
  for (const std::string& channel : selector.channels)
    text += fmt::format("{}&{}", text.empty() ? "" : " ", channel);
  return text;
}

std::vector<std::string_view> FlagNames(const AclUser& user) {
  std::vector<std::string_view> names = {user.on ? "on" : "off"};
  if (user.no_password) names.push_back("nopass");
  if (user.sanitize_payload == AclUser::Sanitize::kSkip) names.push_back("skip-sanitize-payload");
  if (user.sanitize_payload == AclUser::Sanitize::kSanitize) names.push_back("sanitize-payload");
  return names;
}

std::string DescribeUser(const AclUser& user, AclCommandIndex& commands) {
  std::string text;
  for (std::string_view flag : FlagNames(user)) text += fmt::format("{} ", flag);
  for (const std::string& password : user.passwords) text += fmt::format("#{} ", password);
  text += DescribeSelector(user.selectors.front(), commands);
  for (size_t i = 1; i < user.selectors.size(); ++i)
    text += fmt::format(" ({})", DescribeSelector(user.selectors[i], commands));
  return text;
}

}  // namespace modcert::engine
