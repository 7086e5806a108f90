// Entries of streams as the commands answer them.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/value/stream.h"
#include "resp/value.h"

namespace modcert::engine {

resp::Value StreamIdReply(const StreamId& id);
// [id, [field, value ...]]
resp::Value StreamEntryReply(const StreamEntry& entry);
// The entries of a range, at most `count` of them; 0: all.
resp::Value StreamRangeReply(const Stream& stream, const StreamId& start, const StreamId& end,
                             uint64_t count, Stream::Order order = Stream::Order::kUp);

}  // namespace modcert::engine
