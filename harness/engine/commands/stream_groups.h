// What the commands on consumer groups share: finding a group, making a consumer, and what replicas
// are told in place of the command.
#pragma once

#include <string>
#include <string_view>

#include "engine/command_call.h"
#include "engine/value/stream.h"

namespace modcert::engine {

// A group and the names it goes by. Lives within one command.
struct GroupPlace {
  std::string_view key;
  std::string_view name;
  ConsumerGroup& group;
};

// The consumer, made when it does not exist: an event, and a change. Was seen now either way.
Consumer& SeeConsumer(CommandCall& call, const GroupPlace& place, std::string_view consumer,
                      bool* is_new = nullptr);

// What one reader got, in the words of XCLAIM: who has the entry now, since when, how often it was
// delivered, and how far the group is.
void PropagateClaim(CommandCall& call, const GroupPlace& place, std::string_view id,
                    const PendingEntry& entry);
void PropagateGroupPosition(CommandCall& call, const GroupPlace& place);
void PropagateConsumer(CommandCall& call, const GroupPlace& place, std::string_view consumer);

}  // namespace modcert::engine
