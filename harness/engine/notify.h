// Keyspace events: what happens to keys, told to listeners of the host (modules) and, when
// notify-keyspace-events says so, to pub/sub subscribers.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

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
  // Later servers have these; no letter of 7.0 stands for them.
  kOverwritten = 1 << 15,  // 8.2
  kTypeChanged = 1 << 16,  // 8.2
  kKeyTrimmed = 1 << 17,   // 8.4
};

// One thing that happened to one key.
struct KeyspaceEvent {
  EventClass event_class;
  std::string_view name;  // "set", "expired", ...
  std::string_view key;
  int db;
  // The parts of the value that it is about: fields of a hash. For listeners (8.8).
  std::span<const std::string> subkeys = {};
};

class Config;
class PubSub;

// Owned by Server. The listener is called before the pub/sub messages go out, with the host's lock
// held; it may change the keyspace.
class Notifier {
 public:
  using Listener = std::function<void(const KeyspaceEvent&)>;

  Notifier(const Config& config, PubSub& pubsub) : config_(config), pubsub_(pubsub) {}

  void Notify(const KeyspaceEvent& event);
  void SetListener(Listener listener) { listener_ = std::move(listener); }
  // Whether anybody looks at the subkeys of an event: whoever has to gather them asks first.
  bool wants_subkeys = false;

 private:
  const Config& config_;
  PubSub& pubsub_;
  Listener listener_;
};

// "KEA" to a mask and back, as CONFIG SET and GET do it; -1 when a letter is unknown.
int64_t ParseEventClasses(std::string_view letters);
std::string EventClassLetters(uint32_t mask);

}  // namespace modcert::engine
