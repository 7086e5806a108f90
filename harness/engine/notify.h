// Keyspace events: what happens to keys, told to listeners of the host (modules) and, when
// notify-keyspace-events says so, to pub/sub subscribers.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace modcert::engine {

// The letter of notify-keyspace-events and the bit that module subscribers use, in one value.
enum class EventClass : uint32_t {
  kKeyspace = 1 << 0,  // K
  kKeyevent = 1 << 1,  // E
  kGeneric = 1 << 2,   // g
  kString = 1 << 3,    // $
  kList = 1 << 4,      // l
  kSet = 1 << 5,       // s
  kHash = 1 << 6,      // h
  kZset = 1 << 7,      // z
  kExpired = 1 << 8,   // x
  kEvicted = 1 << 9,   // e
  kStream = 1 << 10,   // t
  kKeyMiss = 1 << 11,  // m
  kLoaded = 1 << 12,   // module subscribers only
  kModule = 1 << 13,   // d
  kNew = 1 << 14,      // n
};

// One thing that happened to one key.
struct KeyspaceEvent {
  EventClass event_class;
  std::string_view name;  // "set", "expired", ...
  std::string_view key;
  int db;
};

class Config;
class PubSub;

// Owned by Server. Listeners are called before the pub/sub messages go out, in order of
// subscription, with the host's lock held; they may change the keyspace.
class Notifier {
 public:
  using Listener = std::function<void(const KeyspaceEvent&)>;

  Notifier(const Config& config, PubSub& pubsub) : config_(config), pubsub_(pubsub) {}

  void Notify(const KeyspaceEvent& event);

  // Returns a handle for RemoveListener. A listener may remove itself or others while it runs.
  int AddListener(Listener listener);
  void RemoveListener(int handle);

 private:
  struct Entry {
    int handle;
    Listener listener;
  };

  const Config& config_;
  PubSub& pubsub_;
  std::vector<Entry> listeners_;
  int next_handle_ = 1;
};

// "KEA" to a mask and back, as CONFIG SET and GET do it; -1 when a letter is unknown.
int64_t ParseEventClasses(std::string_view letters);
std::string EventClassLetters(uint32_t mask);

}  // namespace modcert::engine
