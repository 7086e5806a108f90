// What XADD and XTRIM have in common: the options that say how much of a stream is cut off.
#pragma once

#include <optional>

#include "engine/command_call.h"
#include "engine/commands/stream_id_arg.h"
#include "engine/reply.h"
#include "engine/value/stream.h"

namespace modcert::engine {

struct StreamTrimOptions {
  std::optional<StreamTrim> trim;
  int trim_arg = 0;  // the index of the number or id behind MAXLEN or MINID
  // XADD only.
  bool create = true;               // no NOMKSTREAM
  std::optional<AddedStreamId> id;  // not set: *
  int id_arg = 0;                   // the index of the id
};

// Reads the arguments from the second on. `takes_id` is XADD, whose options end at the id. Returns
// the error to answer with, or nothing.
enum class TakesId : bool { kNo, kYes };
std::optional<Reply> ParseStreamTrimOptions(const CommandCall& call, TakesId takes_id,
                                            StreamTrimOptions& options);

// What an approximate trim did depends on the nodes, so replicas get it as an exact one: rewrites
// "~" and the argument behind it to what `stream` is after the trim.
void MakeTrimExact(Args& args, const StreamTrimOptions& options, const Stream& stream);

}  // namespace modcert::engine
