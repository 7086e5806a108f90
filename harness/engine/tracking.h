// Client-side caching: which client holds which keys, and the messages that tell them to forget.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/client.h"
#include "engine/command.h"

namespace modcert::engine {

// Owned by Server. A client that tracks by default is told once of each key that it has read since;
// one that tracks by prefix is told of every change to keys with that prefix, at the end of the
// command that made it. Keys count by name only, in whatever database. Clients are known by id: one
// that is gone is forgotten when the next message would go to it.
class Tracking {
 public:
  explicit Tracking(std::function<Client*(uint64_t id)> find_client)
      : find_client_(std::move(find_client)) {}

  // Switches a client to tracking with these options; prefixes that it has already stay.
  void Enable(Client& client, const Client::TrackingState& options,
              std::span<const std::string> prefixes);
  void Disable(Client& client);
  bool active() const { return client_count_ > 0 || !holders_.empty(); }

  // The client has read the keys of this command.
  void Remember(const Client& client, const Command& command, std::span<const std::string> args);
  // A key has changed. `current` is whose command runs, if any: what it is told itself waits until
  // its reply has gone out. `by` is who changed it, if anybody: a script for whom the current
  // client has called it, or a client that had waited until now.
  void KeyChanged(const Client* current, const Client* by, std::string_view key);
  // All keys are gone: FLUSHALL and FLUSHDB.
  void AllChanged(const Client* current, std::span<Client* const> clients);
  // The command of `client` is over and answered.
  void SendPending(Client& client);
  // What has changed under the prefixes since the last call.
  void SendBroadcasts();

  // For INFO.
  int64_t client_count() const { return client_count_; }
  int64_t key_count() const { return static_cast<int64_t>(holders_.size()); }
  int64_t item_count() const;
  int64_t prefix_count() const { return static_cast<int64_t>(prefixes_.size()); }

 private:
  struct Prefix {
    std::set<uint64_t> clients;
    std::map<std::string, uint64_t, std::less<>> changed;  // by key: who changed it last, or 0
  };

  void Send(Client& client, const resp::Value& keys);

  std::function<Client*(uint64_t id)> find_client_;
  int64_t client_count_ = 0;
  std::map<std::string, std::set<uint64_t>, std::less<>> holders_;  // by key
  std::map<std::string, Prefix, std::less<>> prefixes_;
  // What the current client is owed: a key, or nothing for all of them.
  std::vector<std::optional<std::string>> pending_;
};

}  // namespace modcert::engine
