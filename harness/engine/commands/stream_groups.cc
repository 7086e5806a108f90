#include "engine/commands/stream_groups.h"

namespace modcert::engine {

Consumer& SeeConsumer(CommandCall& call, const GroupPlace& place, std::string_view consumer,
                      bool* is_new) {
  Consumer* found = place.group.FindConsumer(consumer);
  if (is_new) *is_new = found == nullptr;
  if (!found) {
    found = &place.group.AddConsumer(consumer, call.now_ms());
    call.Notify(EventClass::kStream, "xgroup-createconsumer", place.key);
    call.AddDirty(1);
  }
  found->seen_at_ms = call.now_ms();
  return *found;
}

void PropagateClaim(CommandCall& call, const GroupPlace& place, std::string_view id,
                    const PendingEntry& entry) {
  call.PropagateAlso({"XCLAIM", std::string(place.key), std::string(place.name), entry.consumer,
                      "0", std::string(id), "TIME", std::to_string(entry.delivered_at_ms),
                      "RETRYCOUNT", std::to_string(entry.delivery_count), "FORCE", "JUSTID",
                      "LASTID", place.group.last_id.ToString()});
}

void PropagateGroupPosition(CommandCall& call, const GroupPlace& place) {
  call.PropagateAlso({"XGROUP", "SETID", std::string(place.key), std::string(place.name),
                      place.group.last_id.ToString(), "ENTRIESREAD",
                      std::to_string(place.group.entries_read)});
}

void PropagateConsumer(CommandCall& call, const GroupPlace& place, std::string_view consumer) {
  call.PropagateAlso({"XGROUP", "CREATECONSUMER", std::string(place.key), std::string(place.name),
                      std::string(consumer)});
}

}  // namespace modcert::engine
