#include "engine/commands/sorted_set_result.h"

namespace modcert::engine {

Reply StoreSortedSet(CommandCall& call, const std::string& target, ZSet result,
                     std::string_view event) {
  Keyspace& keyspace = call.keyspace();
  const int db = call.client.db;
  if (result.empty()) {
    // An expired one counts as well: nobody looks at its time.
    if (keyspace.Remove(db, target)) call.Changed(EventClass::kGeneric, "del", target);
    return Reply::Integer(0);
  }
  keyspace.FindForWrite(db, target);  // an expired one goes first
  const auto size = static_cast<int64_t>(result.size());
  keyspace.Put(db, target, std::move(result));
  call.Changed(EventClass::kZset, event, target);
  return Reply::Integer(size);
}

}  // namespace modcert::engine
