#include "engine/pubsub.h"

#include <algorithm>

#include "base/glob_match.h"
#include "engine/client.h"

namespace modcert::engine {
namespace {

resp::Value Message(std::initializer_list<std::string_view> words) {
  std::vector<resp::Value> children;
  for (std::string_view word : words) children.push_back(resp::Value::Bulk(word));
  return resp::Value::Push(std::move(children));
}

}  // namespace

bool PubSub::Subscribe(Client& client, Kind kind, std::string_view name) {
  const std::pair<Kind, std::string> subscription(kind, name);
  auto& mine = client.subscriptions;
  if (std::find(mine.begin(), mine.end(), subscription) != mine.end()) return false;
  mine.push_back(subscription);
  table(kind)[std::string(name)].push_back(&client);
  return true;
}

bool PubSub::Unsubscribe(Client& client, Kind kind, std::string_view name) {
  auto& mine = client.subscriptions;
  const auto it = std::find(mine.begin(), mine.end(), std::pair<Kind, std::string>(kind, name));
  if (it == mine.end()) return false;
  mine.erase(it);
  const auto entry = table(kind).find(name);
  std::erase(entry->second, &client);
  if (entry->second.empty()) table(kind).erase(entry);
  return true;
}

void PubSub::Forget(Client& client) {
  while (!client.subscriptions.empty()) {
    const auto [kind, name] = client.subscriptions.back();
    Unsubscribe(client, kind, name);
  }
}

int64_t PubSub::Publish(std::string_view channel, std::string_view message) {
  int64_t receivers = 0;
  if (const auto it = table(Kind::kChannel).find(channel); it != table(Kind::kChannel).end()) {
    const resp::Value push = Message({"message", channel, message});
    for (Client* client : it->second) client->Send(push);
    receivers += static_cast<int64_t>(it->second.size());
  }
  for (const auto& [pattern, clients] : table(Kind::kPattern)) {
    if (!GlobMatch(pattern, channel)) continue;
    const resp::Value push = Message({"pmessage", pattern, channel, message});
    for (Client* client : clients) client->Send(push);
    receivers += static_cast<int64_t>(clients.size());
  }
  return receivers;
}

int64_t PubSub::PublishShard(std::string_view channel, std::string_view message) {
  const auto it = table(Kind::kShardChannel).find(channel);
  if (it == table(Kind::kShardChannel).end()) return 0;
  const resp::Value push = Message({"smessage", channel, message});
  for (Client* client : it->second) client->Send(push);
  return static_cast<int64_t>(it->second.size());
}

std::vector<std::string> PubSub::ActiveNames(Kind kind) const {
  std::vector<std::string> names;
  for (const auto& [name, clients] : table(kind)) names.push_back(name);
  return names;
}

int64_t PubSub::SubscriberCount(Kind kind, std::string_view name) const {
  const auto it = table(kind).find(name);
  return it == table(kind).end() ? 0 : static_cast<int64_t>(it->second.size());
}

int64_t PubSub::PatternCount() const { return static_cast<int64_t>(table(Kind::kPattern).size()); }

}  // namespace modcert::engine
