#include "engine/blocking.h"

#include <algorithm>

namespace modcert::engine {

void Blocking::Block(Client& client, BlockedState state) {
  for (const std::string& key : state.keys) waiters_[{state.db, key}].push_back(&client);
  client.blocked = std::move(state);
  blocked_.push_back(&client);
}

void Blocking::Unblock(Client& client) {
  if (!client.blocked) return;
  for (const std::string& key : client.blocked->keys) {
    const auto it = waiters_.find({client.blocked->db, key});
    if (it == waiters_.end()) continue;  // the same key named twice
    std::erase(it->second, &client);
    if (it->second.empty()) waiters_.erase(it);
  }
  client.blocked.reset();
  std::erase(blocked_, &client);
}

void Blocking::TimeOut(Client& client) {
  const std::function<Reply()> on_timeout = client.blocked->on_timeout;
  Reply reply = on_timeout();
  Unblock(client);
  if (reply.kind() == Reply::Kind::kValue) client.Send(reply.value());
}

void Blocking::Disconnected(Client& client) {
  if (!client.blocked) return;
  const std::function<void()> on_disconnect = client.blocked->on_disconnect;
  if (on_disconnect) on_disconnect();
  Unblock(client);
}

bool Blocking::AnybodyAwaits(const Value& value) const {
  return std::any_of(blocked_.begin(), blocked_.end(), [&](const Client* client) {
    const auto awaits = client->blocked->awaits;
    return !awaits || awaits(value);
  });
}

void Blocking::KeyReady(int db, std::string_view key) {
  if (waiters_.empty()) return;
  Place place(db, key);
  if (!waiters_.contains(place)) return;
  if (std::find(ready_.begin(), ready_.end(), place) == ready_.end())
    ready_.push_back(std::move(place));
}

void Blocking::AllReady(int db, const std::function<const Value*(const std::string& key)>& held) {
  for (const auto& [place, clients] : waiters_) {
    if (place.first != db) continue;
    const Value* value = held(place.second);
    if (value && AnybodyAwaits(*value)) KeyReady(db, place.second);
  }
}

void Blocking::ServeReadyKeys(const std::function<void(int db, const std::string& key)>& look_up,
                              const std::function<void(Client&)>& on_unblocked) {
  while (!ready_.empty()) {
    const std::vector<Place> ready = std::exchange(ready_, {});
    for (const Place& place : ready) {
      look_up(place.first, place.second);
      const auto it = waiters_.find(place);
      if (it == waiters_.end()) continue;
      // A copy: serving changes the list.
      const std::vector<Client*> clients = it->second;
      for (Client* client : clients) {
        if (!client->blocked) continue;
        const auto serve = client->blocked->serve;
        if (!serve(place.second)) continue;
        Unblock(*client);
        on_unblocked(*client);
      }
    }
  }
}

void Blocking::TimeOutDue(const std::function<void(Client&)>& on_unblocked) {
  const std::vector<Client*> blocked = blocked_;
  for (Client* client : blocked) {
    if (!client->blocked || client->blocked->deadline_ms == 0) continue;
    if (client->blocked->deadline_ms > clock_.now_ms()) continue;
    TimeOut(*client);
    on_unblocked(*client);
  }
}

size_t Blocking::timed_count() const {
  return static_cast<size_t>(
      std::count_if(blocked_.begin(), blocked_.end(),
                    [](const Client* client) { return client->blocked->deadline_ms != 0; }));
}

std::optional<int64_t> Blocking::NextDeadline() const {
  std::optional<int64_t> next;
  for (const Client* client : blocked_) {
    const int64_t deadline = client->blocked->deadline_ms;
    if (deadline != 0 && (!next || deadline < *next)) next = deadline;
  }
  return next;
}

}  // namespace modcert::engine
