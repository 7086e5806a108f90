// The server events of both servers under one name each. From 18 on the same number is another
// event in Redis than in Valkey: inside the host an event is a ServerEvent, and a number only where
// a module sees it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "abi/profile.h"
#include "abi/server_event_names.h"

namespace modcert::abi {

struct ServerEventFacts {
  struct Subevent {
    std::string_view name;  // "SYNC_AOF_START"
    Version redis;          // first release; that of its event when it came with it
  };
  ServerEvent event;
  std::string_view name;  // "ReplicationRoleChanged"
  uint64_t id;
  uint64_t data_version;
  std::optional<Version> redis;  // first release; none: that server has no such event
  std::optional<Version> valkey;
  std::span<const Subevent> subevents;  // by number
};

// All events, in the order of the enum.
std::span<const ServerEventFacts> AllServerEvents();
const ServerEventFacts& FactsOf(ServerEvent event);

// What an id means in that server; none for one that it does not know.
std::optional<ServerEvent> EventOf(uint64_t id, const Profile& profile);

// The id that the event has in that server; none where it does not exist.
std::optional<uint64_t> IdOf(ServerEvent event, const Profile& profile);

// How many subevents the event has in that server, 0 where it does not exist.
size_t SubeventCount(ServerEvent event, const Profile& profile);

}  // namespace modcert::abi
