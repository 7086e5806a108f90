// Ids of stream entries as arguments, with the exact rules of a real server.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/reply.h"
#include "engine/value/stream_id.h"

namespace modcert::engine {

// "ERR Invalid stream ID specified as stream command argument"
Reply InvalidStreamId();

// "ms-seq", or "ms" with this number for what is missing.
std::optional<StreamId> ParseStreamId(std::string_view text, uint64_t missing_seq = 0);

// The same, or "-" and "+" for the lowest and the highest id.
std::optional<StreamId> ParseStreamIdOrEnd(std::string_view text, uint64_t missing_seq = 0);

// What XADD takes: "ms-seq", "ms", or "ms-*" for the next number within that millisecond.
struct AddedStreamId {
  StreamId id;
  bool picks_seq = false;
};
std::optional<AddedStreamId> ParseAddedStreamId(std::string_view text);

// One end of a range: an id, "(id" without the id itself, "-", "+". Returns the error to answer
// with, or nothing; `id` is then the first or the last that belongs to the range.
std::optional<Reply> ParseStreamStart(std::string_view text, StreamId& id);
std::optional<Reply> ParseStreamEnd(std::string_view text, StreamId& id);

}  // namespace modcert::engine
