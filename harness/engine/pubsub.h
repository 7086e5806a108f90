// Channels, patterns and shard channels, and who listens to them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace modcert::engine {

class Client;

// Owned by Server. Messages go straight into the receivers' output, in RESP2 or RESP3 as each
// speaks. Subscribers of one channel are served in order of subscription.
class PubSub {
 public:
  enum class Kind { kChannel, kPattern, kShardChannel };

  // False when the client had that subscription already / had none.
  bool Subscribe(Client& client, Kind kind, std::string_view name);
  bool Unsubscribe(Client& client, Kind kind, std::string_view name);
  void Forget(Client& client);  // drops all, silently

  // Delivers to channel subscribers, then to patterns. Returns the number of receivers.
  int64_t Publish(std::string_view channel, std::string_view message);
  int64_t PublishShard(std::string_view channel, std::string_view message);

  // Names with at least one subscriber, in no promised order.
  std::vector<std::string> ActiveNames(Kind kind) const;
  int64_t SubscriberCount(Kind kind, std::string_view name) const;
  int64_t PatternCount() const;  // distinct patterns

 private:
  using Subscribers = std::map<std::string, std::vector<Client*>, std::less<>>;
  Subscribers& table(Kind kind) { return tables_[static_cast<int>(kind)]; }
  const Subscribers& table(Kind kind) const { return tables_[static_cast<int>(kind)]; }

  Subscribers tables_[3];
};

}  // namespace modcert::engine
