#include "engine/tracking.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "resp/encode.h"

namespace modcert::engine {
namespace {

constexpr std::string_view kChannel = "__redis__:invalidate";

resp::Value OneKey(std::string_view key) { return resp::Value::Array({resp::Value::Bulk(key)}); }

// The null for "all keys" has the protocol of the client that tracks, whatever the receiver speaks:
// so does a real server.
void SendPush(std::initializer_list<std::string_view> head, const resp::Value& keys,
              resp::Protocol protocol, Client& receiver) {
  resp::AppendPushHeader(head.size() + 1, receiver.protocol, receiver.output);
  for (std::string_view word : head) resp::AppendBulk(word, receiver.output);
  resp::Encode(keys, protocol, receiver.output);
}

}  // namespace

void Tracking::Enable(Client& client, const Client::TrackingState& options,
                      std::span<const std::string> prefixes) {
  if (!client.tracking.on) ++client_count_;
  std::set<std::string> all = std::move(client.tracking.prefixes);
  client.tracking = options;
  client.tracking.on = true;
  if (options.broadcast) {
    all.insert(prefixes.begin(), prefixes.end());
    if (prefixes.empty()) all.emplace();  // every key
    for (const std::string& prefix : all) prefixes_[prefix].clients.insert(client.id());
  }
  client.tracking.prefixes = std::move(all);
}

void Tracking::Disable(Client& client) {
  if (!client.tracking.on) return;
  --client_count_;
  for (const std::string& prefix : client.tracking.prefixes) {
    const auto it = prefixes_.find(prefix);
    it->second.clients.erase(client.id());
    if (it->second.clients.empty()) prefixes_.erase(it);
  }
  client.tracking = {};
}

void Tracking::Remember(const Client& client, const Command& command,
                        std::span<const std::string> args) {
  const Client::TrackingState& tracking = client.tracking;
  if (tracking.broadcast || tracking.caching != tracking.opt_in) return;
  const auto keys = KeyPositions(command, args);
  if (!keys) return;
  for (const KeyPosition& key : *keys) holders_[args[key.position]].insert(client.id());
}

void Tracking::KeyChanged(const Client* current, const Client* by, std::string_view key) {
  for (auto& [prefix, state] : prefixes_)
    if (key.starts_with(prefix))
      state.changed.insert_or_assign(std::string(key), by ? by->id() : 0);
  const auto it = holders_.find(key);
  if (it == holders_.end()) return;
  const auto holders = holders_.extract(it);
  for (uint64_t id : holders.mapped()) {
    Client* client = find_client_(id);
    // One that tracks by prefix now may have read the key before.
    if (!client || !client->tracking.on || client->tracking.broadcast) continue;
    // Not so for prefixes: there the caller of a script hears of what the script has changed.
    const bool is_own = client == current || client == by;
    if (is_own && client->tracking.no_loop) continue;
    if (is_own)
      pending_.emplace_back(key);
    else
      Send(*client, OneKey(key));
  }
}

void Tracking::AllChanged(const Client* current, std::span<Client* const> clients) {
  holders_.clear();
  for (Client* client : clients) {
    if (!client->tracking.on) continue;
    if (client == current)
      pending_.emplace_back(std::nullopt);
    else
      Send(*client, resp::Value::Null());
  }
}

void Tracking::SendPending(Client& client) {
  for (const std::optional<std::string>& key : std::exchange(pending_, {}))
    Send(client, key ? OneKey(*key) : resp::Value::Null());
}

void Tracking::SendBroadcasts() {
  for (auto& [prefix, state] : prefixes_) {
    if (state.changed.empty()) continue;
    const auto changed = std::exchange(state.changed, {});
    for (uint64_t id : state.clients) {
      Client* client = find_client_(id);
      if (!client) continue;
      std::vector<resp::Value> keys;
      for (const auto& [key, by] : changed)
        if (!client->tracking.no_loop || by != id) keys.push_back(resp::Value::Bulk(key));
      if (!keys.empty()) Send(*client, resp::Value::Array(std::move(keys)));
    }
  }
}

// The message goes out as a push, or to a subscriber of the channel for it, which may be of RESP2;
// a client that can get neither is told nothing.
void Tracking::Send(Client& client, const resp::Value& keys) {
  Client* receiver = &client;
  if (client.tracking.redirect != 0) {
    receiver = find_client_(client.tracking.redirect);
    if (!receiver) {
      client.tracking.broken_redirect = true;
      if (client.resp3())
        client.Send(resp::Value::Push(
            {resp::Value::Bulk("tracking-redir-broken"),
             resp::Value::Integer(static_cast<int64_t>(client.tracking.redirect))}));
      return;
    }
  }
  const bool listens = client.tracking.redirect != 0 && receiver->SubscriptionCount() > 0;
  if (receiver->resp3())
    SendPush({"invalidate"}, keys, client.protocol, *receiver);
  else if (listens)
    SendPush({"message", kChannel}, keys, client.protocol, *receiver);
}

int64_t Tracking::item_count() const {
  int64_t count = 0;
  for (const auto& [key, clients] : holders_) count += static_cast<int64_t>(clients.size());
  return count;
}

}  // namespace modcert::engine
