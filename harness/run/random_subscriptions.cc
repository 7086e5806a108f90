// Random commands: of clients that listen, to channels and to keyspace events.
//
//   $C  a channel; $P a pattern
#include "run/random_templates.h"

namespace modcert::run {
namespace {

constexpr RandomTemplate kTemplates[] = {
    {"SUBSCRIBE {$C}+"}, {"PSUBSCRIBE {$P}+"}, {"SSUBSCRIBE $C"}, {"UNSUBSCRIBE $C"},
    {"PUNSUBSCRIBE $P"}, {"SUNSUBSCRIBE $C"},  {"PING"},
};

std::string Fill(char placeholder, Random& random) {
  static constexpr std::string_view kChannels[] = {
      "s1", "l1", "h1", "z0", "k1", "t1", "__keyspace@0__:k1", "__keyevent@0__:expired"};
  // No two match the same channel: a server goes through its patterns in an order drawn by chance.
  static constexpr std::string_view kPatterns[] = {"__keyevent@*", "__keyspace@*", "k?", "[sl]?"};
  return placeholder == 'C' ? std::string(kChannels[random.Below(std::size(kChannels))])
                            : std::string(kPatterns[random.Below(std::size(kPatterns))]);
}

}  // namespace

RandomGroup RandomSubscriptions() {
  return {
      .name = "subscriptions", .templates = kTemplates, .fill = Fill, .is_for_subscribers = true};
}

}  // namespace modcert::run
