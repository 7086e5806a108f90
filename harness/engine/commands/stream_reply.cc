#include "engine/commands/stream_reply.h"

#include <utility>

namespace modcert::engine {

using resp::Value;

Value StreamIdReply(const StreamId& id) { return Value::Bulk(id.ToString()); }

Value StreamEntryReply(const StreamEntry& entry) {
  std::vector<Value> fields;
  fields.reserve(entry.fields.size());
  for (const std::string& text : entry.fields) fields.push_back(Value::Bulk(text));
  return Value::Array({StreamIdReply(entry.id), Value::Array(std::move(fields))});
}

Value StreamRangeReply(const Stream& stream, const StreamId& start, const StreamId& end,
                       uint64_t count, Stream::Order order) {
  std::vector<Value> entries;
  stream.ForEach(start, end, order, [&](const StreamEntry& entry) {
    entries.push_back(StreamEntryReply(entry));
    return count == 0 || entries.size() < count;
  });
  return Value::Array(std::move(entries));
}

}  // namespace modcert::engine
