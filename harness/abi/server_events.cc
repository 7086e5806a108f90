#include "abi/server_events.h"

#include <algorithm>

#include "abi/server_event_table.h"

namespace modcert::abi {
namespace {

bool Exists(const ServerEventFacts& facts, const Profile& profile) {
  const auto& since = profile.kind == ServerKind::kRedis ? facts.redis : facts.valkey;
  return since && profile.version >= *since;
}

}  // namespace

std::span<const ServerEventFacts> AllServerEvents() { return kServerEvents; }

const ServerEventFacts& FactsOf(ServerEvent event) {
  return kServerEvents[static_cast<size_t>(event)];
}

std::optional<ServerEvent> EventOf(uint64_t id, const Profile& profile) {
  for (const ServerEventFacts& facts : kServerEvents)
    if (facts.id == id && Exists(facts, profile)) return facts.event;
  return std::nullopt;
}

std::optional<uint64_t> IdOf(ServerEvent event, const Profile& profile) {
  const ServerEventFacts& facts = FactsOf(event);
  if (!Exists(facts, profile)) return std::nullopt;
  return facts.id;
}

size_t SubeventCount(ServerEvent event, const Profile& profile) {
  if (!IdOf(event, profile)) return 0;
  return static_cast<size_t>(std::ranges::count_if(FactsOf(event).subevents,
                                                   [&](const ServerEventFacts::Subevent& subevent) {
                                                     return AtLeast(profile, subevent.redis);
                                                   }));
}

}  // namespace modcert::abi
