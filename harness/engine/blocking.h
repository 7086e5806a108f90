// Clients that wait: for keys (BLPOP and its kin, modules), or for a module to come back to them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "engine/client.h"

namespace modcert::engine {

// Owned by Server. Clients that wait for one key are served in the order in which they blocked.
// Keys become ready when they are added, and are served after the command, transaction or callback
// that added them, before anything else runs.
class Blocking {
 public:
  explicit Blocking(const Clock& clock) : clock_(clock) {}

  void Block(Client& client, BlockedState state);
  // Ends the wait without a reply; the one who calls has sent it, or sends it now.
  void Unblock(Client& client);
  // As CLIENT UNBLOCK and the passing of time do: on_timeout's reply goes out.
  void TimeOut(Client& client);
  void Disconnected(Client& client);

  // Whether a client waits for a key, whichever it is, with such a value.
  bool AnybodyAwaits(const Value& value) const;
  // A key was added, or a module says that it is ready; notes it when somebody waits for it.
  void KeyReady(int db, std::string_view key);
  // SWAPDB, before and after: the keys of a database become others. `held` gives the value of a
  // key, or null.
  void AllReady(int db, const std::function<const Value*(const std::string& key)>& held);
  bool HasReadyKeys() const { return !ready_.empty(); }
  // Serves until no ready key is left. Called by the server after each unit of execution. `look_up`
  // comes first for each key: one whose time has passed goes, whether or not somebody still waits.
  void ServeReadyKeys(const std::function<void(int db, const std::string& key)>& look_up,
                      const std::function<void(Client&)>& on_unblocked);
  void TimeOutDue(const std::function<void(Client&)>& on_unblocked);
  std::optional<int64_t> NextDeadline() const;
  size_t blocked_count() const { return blocked_.size(); }
  size_t timed_count() const;  // those with a deadline

 private:
  using Place = std::pair<int, std::string>;

  const Clock& clock_;
  std::vector<Client*> blocked_;                   // in order of blocking
  std::map<Place, std::vector<Client*>> waiters_;  // in order of blocking
  std::vector<Place> ready_;                       // in order of becoming ready, each once
};

}  // namespace modcert::engine
