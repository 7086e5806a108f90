#include "engine/notify.h"

#include <algorithm>

#include "engine/config.h"
#include "engine/pubsub.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

struct ClassLetter {
  char letter;
  EventClass event_class;
};

// In the order in which CONFIG GET prints them.
constexpr ClassLetter kLetters[] = {
    {'g', EventClass::kGeneric},  {'$', EventClass::kString},  {'l', EventClass::kList},
    {'s', EventClass::kSet},      {'h', EventClass::kHash},    {'z', EventClass::kZset},
    {'x', EventClass::kExpired},  {'e', EventClass::kEvicted}, {'t', EventClass::kStream},
    {'d', EventClass::kModule},   {'n', EventClass::kNew},     {'K', EventClass::kKeyspace},
    {'E', EventClass::kKeyevent}, {'m', EventClass::kKeyMiss},
};

constexpr uint32_t Bit(EventClass event_class) { return static_cast<uint32_t>(event_class); }

// What the letter A stands for: every class of events but keymiss and new.
constexpr uint32_t kAll = Bit(EventClass::kGeneric) | Bit(EventClass::kString) |
                          Bit(EventClass::kList) | Bit(EventClass::kSet) | Bit(EventClass::kHash) |
                          Bit(EventClass::kZset) | Bit(EventClass::kExpired) |
                          Bit(EventClass::kEvicted) | Bit(EventClass::kStream) |
                          Bit(EventClass::kModule);

}  // namespace

void Notifier::Notify(const KeyspaceEvent& event) {
  if (listener_) listener_(event);
  const uint32_t mask = config_.notify_keyspace_events;
  if (!(mask & Bit(event.event_class))) return;
  if (mask & Bit(EventClass::kKeyspace))
    pubsub_.Publish(fmt::format("__keyspace@{}__:{}", event.db, event.key), event.name);
  if (mask & Bit(EventClass::kKeyevent))
    pubsub_.Publish(fmt::format("__keyevent@{}__:{}", event.db, event.name), event.key);
}

int64_t ParseEventClasses(std::string_view letters) {
  uint32_t mask = 0;
  for (char c : letters) {
    if (c == 'A') {
      mask |= kAll;
      continue;
    }
    const auto* row = std::find_if(std::begin(kLetters), std::end(kLetters),
                                   [&](const ClassLetter& l) { return l.letter == c; });
    if (row == std::end(kLetters)) return -1;
    mask |= Bit(row->event_class);
  }
  return mask;
}

std::string EventClassLetters(uint32_t mask) {
  std::string letters;
  const bool all = (mask & kAll) == kAll;
  if (all) letters += 'A';
  for (const ClassLetter& row : kLetters) {
    // Behind an A a real server shows neither its classes nor `n`, which is not one of them.
    if (all && ((kAll & Bit(row.event_class)) || row.event_class == EventClass::kNew)) continue;
    if (mask & Bit(row.event_class)) letters += row.letter;
  }
  return letters;
}

}  // namespace modcert::engine
